/** A worker thread that renders what takes longer than the event loop may be held up for. */
import { parentPort } from 'node:worker_threads';
import { compile } from './compile.js';
import { render } from './render.js';
import { packed, type RenderAnswer, type RenderTask } from './render-task.js';

parentPort?.on('message', ({ source, data, now }: RenderTask) => {
  parentPort?.postMessage(answerTo({ source, data, now }), []);
});

function answerTo({ source, data, now }: RenderTask): RenderAnswer {
  try {
    return { rendered: render(compile(source), data, now) };
  } catch (error) {
    return { fault: packed(error) };
  }
}
