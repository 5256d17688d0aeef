/** How far something has come. */
export interface BarTold {
  readonly done: number;
  /** 0 while it is not known. */
  readonly all: number;
  readonly perMinute: number;
  /** Null while it is not known. */
  readonly secondsLeft: number | null;
}

const CELLS = 30;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** One line of a terminal, e.g. `██████▌      21 %  420/2,000  3,100/min  00:31 left`. */
export function progressBar({ done, all, perMinute, secondsLeft }: BarTold): string {
  if (all === 0) return 'preparing …';
  const share = Math.min(1, done / all);
  const eighths = Math.floor(share * CELLS * 8);
  const bar = `${'█'.repeat(eighths >> 3)}${EIGHTHS[eighths & 7] ?? ''}`.padEnd(CELLS, ' ');
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const left = secondsLeft === null ? '' : `  ${clockOf(secondsLeft)} left`;
  return `${bar} ${percent}  ${grouped(done)}/${grouped(all)}  ${grouped(perMinute)}/min${left}`;
}

function clockOf(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const text = [minutes, seconds % 60].map((part) => String(part).padStart(2, '0')).join(':');
  return hours === 0 ? text : `${hours}:${text}`;
}

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/gu, ',');
}
