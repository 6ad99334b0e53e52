// Loaded before the server: on SIGUSR2 it collects garbage and prints what is left, so that a test sees whether memory comes back.
process.on('SIGUSR2', () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.stdout.write(`\nmemory ${JSON.stringify({ bytes: heapUsed + external, rss })}\n`);
});
