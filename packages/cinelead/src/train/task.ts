// What the loop is given: a task knows which rows go through which network into which loss. The loop knows none of them.
import type { nn, Tensor } from '@cinelead/torch'
import type { Feed } from '../batches/held.ts'

/** A step's loss, and what it was made of by name. */
export type StepLoss = {
  loss: Tensor
  parts: Readonly<Record<string, Tensor>>
  /** Where backward is more than `loss.backward()`. */
  backward?: () => void
}

/** What a validation found: plain numbers. */
export type Validation = {
  /** Higher is better; decides which checkpoint is the best one. */
  score: number
  /** Everything worth a line in the record, by name. */
  measures: Readonly<Record<string, number>>
  /** Sentences about what a person must look at; they go into the record and to the caller. */
  alarms?: readonly string[]
}

export type Task = {
  /** Everything that is trained or carries state; its `state` is what a checkpoint keeps. */
  module: nn.Module
  stepsPerEpoch: number
  /** Rows of one step: a pure function of the place, see `batches/sampler`. */
  rows(place: { epoch: number; step: number }): readonly number[]
  /** How its rows come, where the loop can help that no step waits for them. */
  feed?: Feed
  /** Forward of one step. Gradients are zero before it; the loop runs backward. */
  step(rows: readonly number[]): StepLoss
  /** Runs without gradient, in evaluation mode. */
  validate(): Validation
  /** Pseudonymous keys of rows, for the message when a loss is not finite. */
  subjects(rows: readonly number[]): readonly string[]
}
