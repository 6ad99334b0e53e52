import packageFile from '../../package.json' with { type: 'json' };

/** Version of the installed package. */
export const VERSION: string = packageFile.version;
