import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

import { calibrate, formatCalibrationReport } from '../calibration/calibrate.ts';
import type { AddCommand } from './hecha.ts';

/** `hecha calibrate <csv>`: counts on standard output, problems on standard error. */
export const addCalibrate: AddCommand = (program, world, finish) => {
  program
    .command('calibrate')
    .argument('<csv>', 'company file in the public column layout; .gz is unpacked')
    .description('run identifiers, names, dates and capital over a company file, count findings')
    .exitOverride()
    .action(async (file: string) => {
      await access(file).catch(() => {
        throw new Error(`The file ${file} cannot be read.`);
      });
      const bytes = createReadStream(file);
      const input = file.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
      const result = await calibrate(input);
      if (!result.ok) throw new Error(`${file}: ${result.problem}`);
      world.print(formatCalibrationReport(result.report));
      finish(0);
    });
};
