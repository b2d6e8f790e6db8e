import { createRandom } from '../random.js';
import type { Flow } from './flow.js';

/** Bits of a full packet with its Ethernet header. */
export const PACKET = 12_112;
/** Packets that the provider's device lets wait, as facts of a real line have it. */
const LIMIT = 1000;
/** CoDel's own numbers, ms, as CAKE uses them. */
const TARGET = 5;
const INTERVAL = 100;

interface Packet {
  flow: Flow;
  sent: number;
  queued: number;
}

/** What a line is at a moment. */
export interface Weather {
  /** kbit/s. */
  capacity: number;
  /** Part of packets that are lost, 0-1. */
  loss: number;
  /** Packets that the provider's device lets wait. */
  limit?: number;
  /** ms that the way back takes longer. */
  way: number;
  /** Nothing passes. */
  silent: boolean;
}

/** CAKE: a queue for each flow, served in turn at a rate; each kept short by CoDel. */
function createCake() {
  const queues = new Map<
    Flow,
    { packets: Packet[]; above?: number | undefined; next: number; drops: number; dropping: boolean }
  >();
  let order: Flow[] = [];
  let credit = 0;
  return {
    /** kbit/s. */
    rate: 1,
    backlog: 0,
    drops: 0,
    add(packet: Packet) {
      const queue = queues.get(packet.flow) ?? { packets: [], next: 0, drops: 0, dropping: false };
      if (!queues.has(packet.flow)) {
        queues.set(packet.flow, queue);
        order.push(packet.flow);
      }
      queue.packets.push(packet);
      this.backlog++;
    },
    /** What leaves in this ms, and what is dropped. */
    serve(at: number): { out: Packet[]; dropped: Packet[] } {
      const out: Packet[] = [];
      const dropped: Packet[] = [];
      credit += this.rate;
      while (credit >= PACKET && this.backlog > 0) {
        const flow = order.find((one) => (queues.get(one)?.packets.length ?? 0) > 0) as Flow;
        order = [...order.filter((one) => one !== flow), flow];
        const queue = queues.get(flow);
        const packet = queue?.packets.shift();
        if (!queue || !packet) break;
        this.backlog--;
        const long = at - packet.queued > TARGET && queue.packets.length > 0;
        queue.above = long ? (queue.above ?? at) : undefined;
        if (!long) queue.dropping = false;
        const due = queue.dropping ? at >= queue.next : long && at - (queue.above ?? at) >= INTERVAL;
        if (due) {
          queue.drops = queue.dropping
            ? queue.drops + 1
            : at - queue.next < 8 * INTERVAL
              ? Math.max(1, queue.drops - 2)
              : 1;
          queue.dropping = true;
          queue.next = at + INTERVAL / Math.sqrt(queue.drops);
          dropped.push(packet);
          this.drops++;
          continue;
        }
        credit -= PACKET;
        out.push(packet);
      }
      if (this.backlog === 0) credit = Math.min(credit, PACKET - 1);
      return { out, dropped };
    },
  };
}

/** The provider's device: one queue, which drops what it cannot hold. */
function createFifo(random: ReturnType<typeof createRandom>) {
  let packets: Packet[] = [];
  let head = 0;
  let credit = 0;
  return {
    /** Packets that wait. */
    waiting: () => packets.length - head,
    /** @returns whether there was room */
    add(packet: Packet, { limit = LIMIT }: Weather): boolean {
      if (packets.length - head >= limit) return false;
      packets.push(packet);
      return true;
    },
    serve({ capacity, loss, silent }: Weather): { out: Packet[]; dropped: Packet[] } {
      const out: Packet[] = [];
      const dropped: Packet[] = [];
      credit += capacity;
      while (credit >= PACKET && head < packets.length && !silent) {
        credit -= PACKET;
        const packet = packets[head++] as Packet;
        (random.fraction() < loss ? dropped : out).push(packet);
      }
      // Who had nothing to do cannot make up for it.
      if (silent || head === packets.length) credit = Math.min(credit, PACKET - 1);
      if (head > 4096) {
        packets = packets.slice(head);
        head = 0;
      }
      return { out, dropped };
    },
  };
}

/** One direction of a line, ms by ms. @param shaped where CAKE is: before the provider's queue (up), behind it (down), or nowhere */
export function createLine(shaped: 'before' | 'behind' | undefined, delay: number, seed: number) {
  const random = createRandom(seed);
  const cake = createCake();
  const fifo = createFifo(random);
  /** What is under way to a sender: by ms. */
  const answers = new Map<number, { packet: Packet; lost: boolean }[]>();
  const later = (at: number, packet: Packet, lost: boolean) => {
    const list = answers.get(at) ?? [];
    list.push({ packet, lost });
    answers.set(at, list);
  };
  return {
    cake,
    flows: [] as Flow[],
    /** Bytes that the device has carried. */
    bytes: 0,
    /** Bits that have arrived at their end. */
    arrived: 0,
    /** ms that a packet would wait now which nobody overtakes. */
    wait(weather: Weather): number {
      return (fifo.waiting() * PACKET) / weather.capacity;
    },
    tick(at: number, weather: Weather) {
      for (const { packet, lost } of answers.get(at) ?? []) {
        if (lost) packet.flow.lost(at, packet.sent);
        else packet.flow.answered(at, packet.sent);
      }
      answers.delete(at);
      const wait = this.wait(weather);
      const back = 2 * delay + Math.round(weather.way);
      const lose = (at: number, wait: number) => (packet: Packet) => later(at + Math.ceil(wait) + back, packet, true);
      const toFifo = (packet: Packet) => {
        packet.queued = at;
        if (!fifo.add(packet, weather)) lose(at, wait)(packet);
      };
      for (const flow of this.flows) {
        for (let due = flow.due(at); due > 0; due--) {
          const packet = { flow, sent: at, queued: at };
          flow.flying++;
          if (shaped === 'before') cake.add(packet);
          else toFifo(packet);
        }
      }
      const arrive = (packet: Packet) => {
        this.arrived += PACKET;
        later(at + back, packet, false);
      };
      if (shaped === 'before') {
        const { out, dropped } = cake.serve(at);
        dropped.forEach(lose(at, wait));
        this.bytes += (out.length * PACKET) / 8;
        out.forEach(toFifo);
      }
      const { out, dropped } = fifo.serve(weather);
      dropped.forEach(lose(at, 0));
      if (shaped === 'behind') {
        this.bytes += (out.length * PACKET) / 8;
        for (const packet of out) cake.add({ ...packet, queued: at });
        const behind = cake.serve(at);
        behind.dropped.forEach(lose(at, 0));
        behind.out.forEach(arrive);
      } else {
        if (shaped === undefined) this.bytes += (out.length * PACKET) / 8;
        out.forEach(arrive);
      }
    },
  };
}
