#!/usr/bin/env node
// Builds when the sources are newer than the last build, then runs the compiled command.
import { buildIfStale } from './build.js';

buildIfStale();
await import('../dist/src/main.js');
