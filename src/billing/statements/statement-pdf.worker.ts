/** A worker thread that makes the PDF of one sheet: laying out a long table would hold up everything else for seconds. */
import { parentPort, workerData } from 'node:worker_threads';
import pdfMake from 'pdfmake';
import roboto from 'pdfmake/fonts/Roboto.js';
import { pdfDefinition } from './pdf-definition.js';
import type { StatementSheet } from './statement-sheet.js';

const fontFiles = new Set(Object.values(roboto).flatMap((styles) => Object.values(styles)));

// The fonts are embedded: readers substitute those that PDF has built in, and lose spaces and signs.
pdfMake.setFonts(roboto);
pdfMake.setUrlAccessPolicy(() => false);
pdfMake.setLocalAccessPolicy((path) => fontFiles.has(path));

const pdf = new Uint8Array(await pdfMake.createPdf(pdfDefinition(workerData as StatementSheet)).getBuffer());
parentPort?.postMessage(pdf, [pdf.buffer]);
