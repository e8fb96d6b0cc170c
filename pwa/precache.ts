/**
 * Builds src/sw.ts into dist/sw.js, with the list of what the app shell consists of: every file that was built or
 * stands in public/, each with its revision. workbox-build does the same with 300 packages.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { build, type Plugin, type ResolvedConfig } from 'vite';

export interface Shell {
  url: string;
  /** Null where the name itself changes with the content. */
  revision: string | null;
}

interface Options {
  /** The worker's source. */
  worker: string;
  /** Files that few ever need: kept when they are first asked for, not on the first visit. */
  later: RegExp;
}

export function precache({ worker, later }: Options): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'doorstep-precache',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler() {
        const dist = resolve(config.root, config.build.outDir);
        const files = await listFiles(dist, config.build.assetsDir);
        const isLater = ({ url }: Shell) => later.test(url);
        await build({
          root: config.root,
          configFile: false,
          publicDir: false,
          logLevel: 'warn',
          define: {
            __SHELL__: JSON.stringify(files.filter((file) => !isLater(file))),
            __LATER__: JSON.stringify(files.filter(isLater).map(({ url }) => url)),
            'process.env.NODE_ENV': JSON.stringify('production'),
          },
          build: {
            outDir: dist,
            emptyOutDir: false,
            target: config.build.target,
            rolldownOptions: {
              input: worker,
              output: { entryFileNames: 'sw.js', format: 'iife' },
            },
          },
        });
      },
    },
  };
}

/** What was built, in the order of names so that the same build gives the same worker. */
export async function listFiles(dist: string, hashed: string): Promise<Shell[]> {
  const files = await readdir(dist, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => relative(dist, join(file.parentPath, file.name)).split(sep).join('/'))
    .filter((path) => path !== 'sw.js')
    .sort();
  return Promise.all(
    paths.map(async (path) => {
      const isHashed = path.startsWith(`${hashed}/`);
      return { url: `/${path}`, revision: isHashed ? null : await digest(join(dist, path)) };
    }),
  );
}

async function digest(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
    .slice(0, 16);
}
