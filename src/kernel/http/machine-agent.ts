/** User agents of machines that open messages and follow links: nobody has read anything. Pure. */

/** Apple's Mail Privacy Protection fetches pictures as this and nothing more, whether or not a mail is ever opened. */
const APPLE_PRIVACY = 'Mozilla/5.0';

/**
 * Crawlers, previews of messengers, scanners of mail gateways, and libraries that programs ask with. Not the proxies of Gmail and Yahoo: they fetch a picture
 * when the mail is opened. `CUBOT` is a phone.
 */
const MACHINE =
  /(?<!cu)bot(?![a-z])|crawler|spider|slurp|facebookexternalhit|whatsapp\/|skypeuripreview|link ?preview|bingpreview|google-read-aloud|office existence discovery|office protocol discovery|barracuda|proofpoint|mimecast|safelinks|symantec|forcepoint|fortiguard|zscaler|scanner|headlesschrome|phantomjs|^curl\/|^wget\/|python|^java\/|go-http-client|okhttp|node-fetch|undici|axios|libwww|httpclient|^ruby|^php/i;

/** Whether it is a machine's. An empty one is: every browser and mail program has one. */
export function isMachineAgent(userAgent: string): boolean {
  const agent = userAgent.trim();
  return agent === '' || agent === APPLE_PRIVACY || MACHINE.test(agent);
}
