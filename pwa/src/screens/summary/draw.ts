/**
 * Draws a PDF onto the page. pdf.js is loaded when the first one is drawn, with its worker as a file of our own; our
 * Content-Security-Policy allows neither eval nor WASM, and nothing is fetched: a summary embeds its fonts.
 */
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

/** How many dots of the canvas stand for one of the PDF, at most: sharp on glass, and kind to memory. */
const SHARPEST = 3;

/** How wide a page is when it is looked at from near, in pixels of the screen. */
const NEAR = 800;

export async function drawPages(
  pdf: Blob,
  into: HTMLElement,
  gone: AbortSignal,
  nameOf: (page: number, pages: number) => string,
): Promise<void> {
  const { getDocument, GlobalWorkerOptions } = await import('pdfjs-dist');
  GlobalWorkerOptions.workerSrc = workerUrl;
  const task = getDocument({
    data: new Uint8Array(await pdf.arrayBuffer()),
    useWasm: false,
    useWorkerFetch: false,
  });
  try {
    const document = await task.promise;
    const drawn: HTMLCanvasElement[] = [];
    for (let number = 1; number <= document.numPages && !gone.aborted; number += 1) {
      const page = await document.getPage(number);
      const wide = page.getViewport({ scale: 1 }).width;
      const scale = Math.min(
        SHARPEST,
        (Math.max(into.clientWidth, NEAR) / wide) * window.devicePixelRatio,
      );
      const viewport = page.getViewport({ scale });
      const canvas = window.document.createElement('canvas');
      [canvas.width, canvas.height] = [Math.floor(viewport.width), Math.floor(viewport.height)];
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', nameOf(number, document.numPages));
      await page.render({ canvas, viewport }).promise;
      drawn.push(canvas);
    }
    if (!gone.aborted) into.replaceChildren(...drawn);
  } finally {
    await task.destroy();
  }
}
