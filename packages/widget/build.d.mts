export declare function build(options?: { readonly outDir?: string }): Promise<void>;
