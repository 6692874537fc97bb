/**
 * What people and their programs call a column of addresses, in the languages that events are sold in. Case, accents, blanks and
 * punctuation do not count. A postal address has similar names in many of them: none is listed here.
 */

/** As two headers are compared. */
export const folded = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

const names = (text: string): ReadonlySet<string> => new Set(text.split(',').map(folded));

export const EMAIL_COLUMNS =
  names(`email, email address, e-mail id, email id, primary email, contact email, customer email, mail, mail address, user email,
  E-mail 1 - Value, email 1, Subscriber email, attendee email, guest email,
  E-Mail-Adresse, Mailadresse, E-Mail Adresse (privat), adresse e-mail, adresse mail, adresse électronique, courriel,
  adresse courriel, mél, correo, correo electrónico, correo-e, dirección de correo, dirección de correo electrónico,
  dirección de email, posta elettronica, indirizzo email, indirizzo e-mail, indirizzo di posta elettronica, indirizzo mail,
  endereço de e-mail, endereço de correio eletrónico, correio eletrónico, correio eletrônico, e-mailadres, mailadres,
  e-post, e-postadress, epostadress, mejl, mejladress, e-postadresse, mailadresse, sähköposti, sähköpostiosoite, netfang, tölvupóstur,
  adres e-mail, adres email, poczta, e-mail cím, email cím, emailcím, e-mailová adresa, e-pošta, adresa de e-mail, adresă de e-mail, adresă email,
  meiliaadress, e-pasts, e-pasta adrese, el. paštas, el. pašto adresas, elektroninis paštas, elektronski naslov, adresa e-pošte, e-naslov, имейл, имейл адрес,
  электронная почта, эл. почта, адрес электронной почты, почта, емейл, електронна пошта, електронна адреса,
  ηλεκτρονικό ταχυδρομείο, διεύθυνση email, διεύθυνση ηλεκτρονικού ταχυδρομείου, e-posta, e-posta adresi,
  メールアドレス, メール, Eメール, 电子邮件, 电子邮箱, 电子邮件地址, 邮箱, 電子郵件, 電子信箱, 電郵, 이메일, 이메일 주소, 전자우편,
  البريد الإلكتروني, البريد الالكتروني, بريد إلكتروني, אימייל, דוא"ל, דואר אלקטרוני, ईमेल, อีเมล, địa chỉ email, alamat email, surel`);

/** Of mobiles: they come before columns of any phone. */
export const MOBILE_COLUMNS =
  names(`mobile, mobile phone, mobile number, mobile no, mobile phone number, cell, cell phone, cellphone, cell number, cell phone number, cellular, sms, sms number, sms phone,
  sms phone number, text number, whatsapp, whatsapp number,
  Handy, Handynummer, Handy-Nr, Mobil, Mobilnummer, Mobil-Nr, Mobiltelefon, Mobiltelefonnummer, Mobilfunk, Mobilfunknummer, Natel,
  portable, téléphone portable, numéro de portable, numéro de téléphone portable, tél. portable, téléphone mobile, numéro de mobile,
  móvil, teléfono móvil, número de móvil, número móvil, celular, teléfono celular, número de celular, número celular,
  cellulare, telefono cellulare, numero di cellulare, numero cellulare, telemóvel, número de telemóvel, nº de telemóvel, telefone celular,
  telefone móvel, mobiel, mobiel nummer, mobiele telefoon, mobiele nummer, gsm, gsm-nummer, gsm nummer,
  mobilnummer, mobiltelefonnummer, mobiltlf, matkapuhelin, matkapuhelinnumero, kännykkä, farsími,
  komórka, telefon komórkowy, numer komórki, nr komórki, numer telefonu komórkowego, mobilszám, mobiltelefonszám, mobilní telefon, mobilný telefón, mobilno,
  telefon mobil, număr de mobil, mobitel, broj mobitela, mobilni telefon, мобильный, мобильный телефон, номер мобильного, моб. телефон, сотовый,
  мобільний, мобільний телефон, мобилен телефон, κινητό, κινητό τηλέφωνο, αριθμός κινητού, cep, cep telefonu, cep telefonu numarası, gsm no,
  携帯, 携帯電話, 携帯番号, 携帯電話番号, 手机, 手机号, 手机号码, 手機, 手機號碼, 휴대폰, 휴대폰 번호, 휴대전화, 핸드폰,
  جوال, رقم الجوال, الهاتف المحمول, موبايل, נייד, טלפון נייד, मोबाइल, मोबाइल नंबर, มือถือ, เบอร์มือถือ, di động, số di động, nomor hp, no hp, ponsel`);

export const PHONE_COLUMNS =
  names(`phone, phone number, phone no, phone nr, phone 1 - value, phone 1, primary phone, contact phone, contact number, customer phone,
  telephone, telephone number, telephone no, tel, tel no, tel number,
  Telefon, Telefonnummer, Telefon-Nr, Tel.-Nr., Tel. Nr., Telnr, Rufnummer, téléphone, numéro de téléphone, n° de téléphone, tél,
  teléfono, número de teléfono, nº de teléfono, telefono, numero di telefono, numero telefonico, recapito telefonico, telefone, número de telefone,
  telefoon, telefoonnummer, telefonnr, tlf, tlf.nr., tlfnr, telefonnummer, puhelin, puhelinnumero, puh, sími, símanúmer,
  numer telefonu, nr telefonu, nr tel, telefonszám, telefonní číslo, telefónne číslo, telefón, telefonní, tālrunis, telefons, telefonas, telefono numeris, telefoninumber,
  număr de telefon, nr. telefon, broj telefona, telefonska številka, телефон, номер телефона, тел, номер телефону, телефонен номер,
  τηλέφωνο, αριθμός τηλεφώνου, telefon numarası, telefon no,
  電話, 電話番号, 电话, 电话号码, 電話號碼, 전화, 전화번호, 연락처, هاتف, رقم الهاتف, الهاتف, טלפון, מספר טלפון, फ़ोन, फ़ोन नंबर, โทรศัพท์, เบอร์โทรศัพท์,
  điện thoại, số điện thoại, telepon, nomor telepon, no telepon`);
