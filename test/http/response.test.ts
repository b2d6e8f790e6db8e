import tap from 'tap';
import { responseText } from '../../lib/http/response.js';

tap.test('as a web server reads it', async (t) => {
  const text = responseText({ status: 200, type: 'json', body: '{}\n' }, false);
  t.match(
    text,
    /^Status: 200 OK\r\nContent-Type: application\/json\r\nCache-Control: no-store\r\n[^\n]+\r\n\r\n\{\}\n$/,
  );
  const head = responseText({ status: 405, type: 'json', body: '{}\n' }, true);
  t.match(head, /^Status: 405 Method Not Allowed\r\n/);
  t.match(head, /\r\nAllow: GET, HEAD\r\n\r\n$/, 'no body where only the head is asked for');
  t.match(responseText({ status: 200, type: 'prometheus', body: '' }, false), /text\/plain; version=0\.0\.4/);
});
