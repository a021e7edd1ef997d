import { EvaluationFault } from './evaluation-fault.js';

/** What one evaluation may take: about as many comparisons of short texts, a tenth of a second at worst. */
export const mostWork = 100_000;
const searchedPerStep = 64;

/** Counts what an evaluation does, so that its bound is the same on every machine. */
export class Work {
  private left = mostWork;

  /** Throws `too-much-work` when what is allowed is used up. */
  spend(steps: number): void {
    this.left -= steps;
    if (this.left >= 0) return;
    throw new EvaluationFault('too-much-work', 'the filter goes through too many values here');
  }

  /** A search through a text costs by its length, and by what is done for each character. */
  spendOnSearch(length: number, stepsPerCharacter: number): void {
    this.spend((length * stepsPerCharacter) / searchedPerStep);
  }
}
