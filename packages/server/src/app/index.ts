export { type ClewServer, createServer, type ServerOptions } from './server.ts';
