import type { RunningRecurve } from "../e2e/recurve.ts";

/** A visitor of an example's page, who keeps the cookie. */
export async function enter(running: RunningRecurve): Promise<{
  readonly url: string;
  read(path: string): Promise<string>;
  /** Presses a button; a redirect is followed, as browsers do. */
  press(path: string): Promise<string>;
}> {
  const [, url = ""] = await running.waitFor(/^\w+ at (http:\S+)/m);
  let cookie = "";
  const ask = async (path: string, method: string) => {
    const answer = await fetch(url + path, { method, headers: { cookie } });
    cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    return answer.text();
  };
  return { url, read: (path) => ask(path, "GET"), press: (path) => ask(path, "POST") };
}

export const linksOf = (page: string): readonly string[] =>
  [...page.matchAll(/href="([^"]+)"/g)].map(([, link = ""]) => link);

export const decisionOf = (link: string): string =>
  new URL(link, "http://shop").searchParams.get("decision") ?? "";
