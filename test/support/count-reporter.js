/** Ends the run with one plain line that a person and a machine can read. */
export default class CountReporter {
  onRunComplete(_contexts, results) {
    // A file that did not even load counts as one failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`);
  }
}
