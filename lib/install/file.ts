/** A file that install lays down. */
export interface InstalledFile {
  path: string;
  /** Its content, a character for each byte. */
  bytes: string;
  mode: number;
  /** It is the user's: one that is there stays. */
  config?: boolean;
}

/** A folder that install makes, unless it is there. */
export interface Folder {
  path: string;
  mode: number;
}
