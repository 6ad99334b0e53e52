export const agent = { name: 'poison', description: 'Takes its server down, as one does that uses up all memory.' };

export default function poison() {
  process.kill(process.pid, 'SIGKILL');
}
