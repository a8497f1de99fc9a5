/**
 * Who may ask the dashboard for what: pure rules over a request's method and headers. Whoever reaches the control socket
 * is the user (its mode is 0600); a TCP port is reached by every program on the host, and by every page that a browser on
 * it has open.
 */

import { createHash, timingSafeEqual } from 'node:crypto';

/** How requests come in. */
export type Entrance =
  | { readonly kind: 'unix' }
  | {
      readonly kind: 'tcp';
      /** As configured: an address or a name. */
      readonly host: string;
      /** Asked of every request for data; undefined for none. */
      readonly token: string | undefined;
    };

export interface RequestFacts {
  readonly method: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string | undefined;
}

/** What a route asks of its visitors. */
export interface RouteRules {
  readonly methods: readonly string[];
  /** Whether it holds anything but the page itself. */
  readonly isPrivate: boolean;
}

export interface GuardRefusal {
  readonly status: 401 | 403 | 405 | 415 | 421;
  readonly message: string;
  readonly remedy?: string;
}

/** The first reason not to answer; undefined where there is none. */
export function refusalOf(
  facts: RequestFacts,
  entrance: Entrance,
  rules: RouteRules,
): GuardRefusal | undefined {
  return (
    (entrance.kind === 'tcp' ? strangerOf(facts, entrance) : undefined) ??
    wrongMethod(facts, rules) ??
    (rules.isPrivate && entrance.kind === 'tcp' ? unknownVisitor(facts, entrance.token) : undefined)
  );
}

/**
 * What comes by way of a page or a name that is not ours: DNS rebinding, cross-site requests. Under a name that leads here by
 * a trick, a page has no token: where one is asked for, any name will do, as a proxy's.
 */
function strangerOf(
  { host, origin, fetchSite }: RequestFacts,
  { host: own, token }: Entrance & { readonly kind: 'tcp' },
): GuardRefusal | undefined {
  const name = hostName(host);
  if (name === undefined || (token === undefined && !isOwnName(name, own))) {
    return {
      status: 421,
      message: 'the request names another host',
      remedy:
        'use the address of the configuration, or a plain IP address; with a dashboard_token any name will do',
    };
  }
  const isForeignOrigin = origin !== undefined && authorityOf(origin) !== host?.toLowerCase();
  const isForeignSite = fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
  return isForeignOrigin || isForeignSite
    ? { status: 403, message: 'the request comes from a page of another site' }
    : undefined;
}

function wrongMethod({ method, contentType }: RequestFacts, rules: RouteRules): GuardRefusal | undefined {
  if (!rules.methods.includes(method)) {
    return { status: 405, message: `this is asked for with ${rules.methods.join(' or ')}` };
  }
  // A form cannot send this type: a browser asks first, and is not allowed.
  const isJson = contentType?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';
  return method === 'POST' && !isJson
    ? { status: 415, message: 'a command is sent as application/json' }
    : undefined;
}

function unknownVisitor(
  { authorization }: RequestFacts,
  token: string | undefined,
): GuardRefusal | undefined {
  if (token === undefined) return undefined;
  const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
  return given !== undefined && isSameSecret(given, token)
    ? undefined
    : {
        status: 401,
        message: 'a token is asked for',
        remedy: 'send the dashboard_token of the configuration: Authorization: Bearer TOKEN',
      };
}

/** Takes the same time for every secret. */
function isSameSecret(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

/** Addresses cannot be rebound, and `localhost` is asked of no server: only other names can lie. */
function isOwnName(name: string, own: string): boolean {
  const isAddress = /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || name.startsWith('[');
  return isAddress || name === 'localhost' || name === own.toLowerCase();
}

/** The name in a Host header, lower case, without the port; an IPv6 address keeps its brackets. */
function hostName(host: string | undefined): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d+)?$/i.exec(host ?? '')?.[1]?.toLowerCase();
}

function authorityOf(origin: string): string | undefined {
  return /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
}

/** Whether only this host reaches an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** On every answer. Styles and scripts come from here alone, and nobody may frame the page. */
export const safeHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
