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
declare module '*/ipfire/backup' {
  const text: string;
  export default text;
}
declare module '*/ipfire/hook' {
  const text: string;
  export default text;
}
declare module '*/ipfire/lease' {
  const text: string;
  export default text;
}
declare module '*/ipfire/logrotate' {
  const text: string;
  export default text;
}
declare module '*/ipfire/minutely' {
  const text: string;
  export default text;
}
declare module '*/ipfire/mwan-config' {
  const text: string;
  export default text;
}
declare module '*/ipfire/mwan-daemon' {
  const text: string;
  export default text;
}
declare module '*/plugins/graphite' {
  const text: string;
  export default text;
}
declare module '*/plugins/influxdb' {
  const text: string;
  export default text;
}
declare module '*/plugins/mail' {
  const text: string;
  export default text;
}
declare module '*/plugins/webhook' {
  const text: string;
  export default text;
}
