/** How words about a RouterOS machine look, in the configuration and in what is remembered of it. */
export const FORMS = {
  host: /^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$/,
  user: /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}$/,
  /** By its whole path: no more signs than curl and ssh take as they are. */
  file: /^\/[A-Za-z0-9_.@+/-]{1,500}$/,
  pin: /^sha256\/\/[A-Za-z0-9+/]{43}=$/,
  /** What RouterOS takes between quotes as it is: no sign that means something to its scripts. */
  label: /^[A-Za-z0-9_.:,;/()+@=#*!&% -]{1,128}$/,
};
