/**
 * What the image asks itself (`HEALTHCHECK`): the exit code is 0 when this node answers `/health` with 200, else 1. A file and not `curl`, since the image has
 * neither a shell nor a program but Node. Kubernetes asks over HTTP by itself and does not use it.
 */
const port = /^\d+$/.test(process.env.CLEW_PORT ?? '') ? process.env.CLEW_PORT : '4321';
try {
  const response = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(4_000) });
  if (!response.ok) process.stderr.write(`/health answered ${response.status}: ${await response.text()}\n`);
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`/health did not answer: ${error.cause?.message ?? error.message}\n`);
  process.exitCode = 1;
}
