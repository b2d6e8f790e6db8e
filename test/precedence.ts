import { setPriority } from 'node:os';

/** For a file that holds the program to a time, and for all that it starts: what that takes is measured, and not what is tested beside it. */
export function takePrecedence(): void {
  try {
    setPriority(-10);
  } catch {
    // Not everybody may: then it is measured with all that is beside it.
  }
}
