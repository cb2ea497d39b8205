// Buttons above a list that keep one state of its things, each with how many there are; a state of none can't be chosen.
import type { ReactElement } from "react";
import styles from "./state-filter.module.css";

interface StateFilterProps<State extends string> {
  label: string;
  all: string;
  states: readonly State[];
  /** The states of everything that the list holds, one for each thing. */
  held: readonly State[];
  chosen: State | undefined;
  nameOf: (state: State) => string;
  onChoose: (state: State | undefined) => void;
}

export function StateFilter<State extends string>(props: StateFilterProps<State>): ReactElement {
  const { label, all, states, held, chosen, nameOf, onChoose } = props;
  return (
    <div className={styles.states} role="group" aria-label={label}>
      <button type="button" aria-pressed={chosen === undefined} onClick={() => onChoose(undefined)}>
        {all} <span>{held.length}</span>
      </button>
      {states.map((state) => {
        const count = held.filter((one) => one === state).length;
        return (
          <button
            key={state}
            type="button"
            aria-pressed={chosen === state}
            disabled={count === 0 && chosen !== state}
            onClick={() => onChoose(state)}
          >
            {nameOf(state)} <span>{count}</span>
          </button>
        );
      })}
    </div>
  );
}
