/**
 * Node's HTTP. Its names are taken out one by one: an import of the module reads every name that it has, WebSocket and its like
 * among them, and these load a second HTTP client, which takes as long as Node to start, and 14 MB.
 */

export const { createServer, request } = process.getBuiltinModule('node:http');
