import { takeKept } from './server.ts';

export default async function globalTeardown(): Promise<void> {
  await takeKept()?.stop();
}
