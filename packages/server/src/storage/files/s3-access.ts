/** How a bucket is reached. */
export interface S3Access {
  readonly bucket: string;
  /** `us-east-1`; stores without regions take any, R2 wants `auto`. */
  readonly region: string;
  /** Address of the service without a slash at the end; null: that of Amazon in the region. */
  readonly endpoint: string | null;
  /** Where the bucket's name stands: `<endpoint>/<bucket>/…`, or before the host of the endpoint. */
  readonly addressing: 'path' | 'host';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary keys. */
  readonly sessionToken?: string | undefined;
  /** Waits between tries, in milliseconds; default 200 and 1,000. */
  readonly pauses?: readonly number[];
}
