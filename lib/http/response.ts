/** An answer, for a web server. */
export interface Response {
  status: keyof typeof WORDS;
  type: 'json' | 'prometheus';
  body: string;
}

const WORDS = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
} as const;
const TYPES = {
  json: 'application/json',
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
};

/** As a CGI program prints it (RFC 3875, 6). @param head only what stands before the body is asked for */
export function responseText({ status, type, body }: Response, head: boolean): string {
  const lines = [
    `Status: ${status} ${WORDS[status]}`,
    `Content-Type: ${TYPES[type]}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    ...(status === 405 ? ['Allow: GET, HEAD'] : []),
  ];
  return `${lines.map((line) => `${line}\r\n`).join('')}\r\n${head ? '' : body}`;
}
