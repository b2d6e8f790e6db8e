/** Files that the build takes in as text: import … with { type: 'text' }. */
declare module '*/25-mini-mwan' {
  const text: string;
  export default text;
}
declare module '*/mini-mwan' {
  const text: string;
  export default text;
}
declare module '*/minute' {
  const text: string;
  export default text;
}
declare module '*/functions' {
  const text: string;
  export default text;
}
declare module '*/native' {
  const text: string;
  export default text;
}
declare module '*/node' {
  const text: string;
  export default text;
}
declare module '*/quickjs' {
  const text: string;
  export default text;
}
declare module '*.uci' {
  const text: string;
  export default text;
}
