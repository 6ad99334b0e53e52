// Loaded before a program: whatever it wants from beyond this machine fails, and is written to the file that CLEW_TEST_EGRESS names, a line each.
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { Socket } from 'node:net';

const LOCAL = /^(localhost|127\.|::1$|0\.0\.0\.0$|::$|$)/;

function refuse(what, host) {
  appendFileSync(process.env.CLEW_TEST_EGRESS, `${what} ${host}\n`);
  return Object.assign(new Error(`${what} ${host} is refused here`), { code: 'ENETUNREACH' });
}

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
  // What `net.connect` hands on: the arguments, already sorted.
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const { host = '', path } = typeof first === 'object' ? first : { host: typeof second === 'string' ? second : '' };
  if (path !== undefined || LOCAL.test(host)) return connect.apply(this, args);
  const error = refuse('connect', host);
  process.nextTick(() => this.destroy(error));
  return this;
};

for (const place of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype]) {
  for (const name of Object.getOwnPropertyNames(place)) {
    if (!/^(lookup|resolve|reverse)/.test(name) || typeof place[name] !== 'function') continue;
    const real = place[name];
    place[name] = function (host, ...rest) {
      if (name === 'lookup' && LOCAL.test(host ?? '')) return real.call(this, host, ...rest);
      const error = refuse(name, host);
      const callback = rest.at(-1);
      if (typeof callback !== 'function') return Promise.reject(error);
      process.nextTick(callback, error);
      return {};
    };
  }
}

dgram.Socket.prototype.send = (...args) => {
  const error = refuse('send', args.slice(1).find((one) => typeof one === 'string') ?? '');
  const callback = args.at(-1);
  if (typeof callback === 'function') process.nextTick(callback, error);
};
