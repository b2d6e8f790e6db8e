/**
 * s for which what the control of a line leaves says how the line is: it writes every five while it is at work, and the next process
 * may begin some seconds after the one before.
 */
export const FRESH = 15;
