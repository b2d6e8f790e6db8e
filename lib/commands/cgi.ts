import { EXIT, type ExitCode, explain, Trouble } from '../explain.js';
import { healthOf } from '../http/health.js';
import { PATHS, type Request, readRequest } from '../http/request.js';
import { type Response, responseText } from '../http/response.js';
import { toJson } from '../report/json.js';
import type { Context } from '../run/context.js';
import { loadState } from '../run/store.js';
import { readClock } from '../system/clock.js';
import { isStopped } from '../system/service.js';

/** Answers a web server that has started us (CGI): what is asked for is in variables. Changes nothing. */
export async function cgi(context: Context): Promise<ExitCode> {
  const { engine } = context;
  if (engine.env.REQUEST_METHOD === undefined)
    throw new Trouble(EXIT.config, 'cgi is for a web server, which says by variables what is asked for', [
      `it answers ${PATHS.join(', ')}; see docs/http.md`,
    ]);
  const request = readRequest(engine.env);
  const response =
    'status' in request
      ? refusal(request.status, [request.reason])
      : await answer(context, request).catch((error): Response => {
          const isKnown = error instanceof Trouble;
          if (!isKnown) context.complain(explain(error).lines);
          return isKnown ? refusal(503, explain(error).lines) : refusal(500, ['see the log of the web server']);
        });
  engine.out.write(responseText(response, engine.env.REQUEST_METHOD === 'HEAD'));
  return EXIT.ok;
}

async function answer(context: Context, { path, query }: Request): Promise<Response> {
  if (path === '/health') return health(context);
  if (path === '/metrics') {
    const { metricsOf } = await import('./metrics.js');
    const also = query.get('also') as 'mwan3' | 'multiwanbond' | undefined;
    return { status: 200, type: 'prometheus', body: metricsOf(context, also) };
  }
  if (path === '/metrics/history') return history(context, query);
  const { look } = await import('../run/look.js');
  const { lines } = await look({ ...context, options: { ...context.options, json: true } });
  return { status: 200, type: 'json', body: lines.map((line) => `${line}\n`).join('') };
}

/** A query that means nothing is the fault of whoever asked. */
async function history(context: Context, query: Request['query']): Promise<Response> {
  const { historyPage } = await import('../run/history-page.js');
  try {
    return { status: 200, type: 'json', body: `${toJson(await historyPage(context, query))}\n` };
  } catch (error) {
    if (!(error instanceof Trouble) || error.exitCode !== EXIT.config) throw error;
    return refusal(400, [error.message]);
  }
}

async function health({ engine, options }: Context): Promise<Response> {
  const { state } = loadState(engine, options.state, true);
  const found = healthOf(state, isStopped(engine), readClock(engine));
  return { status: found.healthy ? 200 : 503, type: 'json', body: `${toJson(found)}\n` };
}

function refusal(status: Response['status'], reasons: string[]): Response {
  return { status, type: 'json', body: `${toJson({ status, reasons })}\n` };
}
