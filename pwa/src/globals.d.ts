/** Version of the app, from package.json, put in at build. */
declare const __VERSION__: string;
