import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get, request } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a debugger hears: the answer to a command, or an event with a method. */
export interface Heard {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly callFrames?: readonly { readonly functionName: string }[] };
}

/** What an inspector tells of its process over HTTP, by port. */
export function targetsAt(port: number): Promise<readonly { readonly webSocketDebuggerUrl: string }[]> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/json' }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve(JSON.parse(text)));
    }).on('error', reject);
  });
}

/**
 * A debugger of a few lines: sends commands of the Chrome DevTools protocol and hears what comes. Node 20 has no WebSocket of
 * its own; texts below 64 KiB, unfragmented, are all an inspector sends here (RFC 6455).
 */
export class Debugger {
  readonly #socket: Duplex;
  #received = Buffer.alloc(0);
  #id = 0;

  private constructor(socket: Duplex, heard: (message: Heard) => void) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      for (let text = this.#next(); text !== undefined; text = this.#next()) heard(JSON.parse(text));
    });
    socket.on('error', () => {});
  }

  /** Attaches to a process. */
  static async attach(url: string, heard: (message: Heard) => void): Promise<Debugger> {
    const { hostname: host, port, pathname: path } = new URL(url);
    const key = randomBytes(16).toString('base64');
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
    };
    const asked = request({ host, port, path, headers });
    asked.end();
    const [response, socket] = await once(asked, 'upgrade');
    const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    if (response.headers['sec-websocket-accept'] !== accept) throw new Error('This is no WebSocket.');
    return new Debugger(socket, heard);
  }

  /** Sends a command. */
  send(method: string): void {
    this.#id += 1;
    const body = Buffer.from(JSON.stringify({ id: this.#id, method }));
    // Masked with zeros; commands are shorter than 126 bytes.
    this.#socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | body.length, 0, 0, 0, 0]), body]));
  }

  /** Goes away. */
  detach(): void {
    this.#socket.destroy();
  }

  #next(): string | undefined {
    const short = (this.#received[1] ?? 0) & 0x7f;
    const head = short === 127 ? 10 : short === 126 ? 4 : 2;
    if (this.#received.length < head) return undefined;
    const length =
      short === 127
        ? Number(this.#received.readBigUInt64BE(2))
        : short === 126
          ? this.#received.readUInt16BE(2)
          : short;
    if (this.#received.length < head + length) return undefined;
    const text = this.#received.toString('utf8', head, head + length);
    this.#received = this.#received.subarray(head + length);
    return text;
  }
}
