import { expect, test } from "vitest";
import { findExposure } from "./host.ts";

test.each(["127.0.0.1", "127.1.2.3", "localhost", "::1"])("%s is this machine's own", (host) => {
  expect(findExposure(host)).toBeUndefined();
});

test.each(["0.0.0.0", "::", "192.168.1.4", "shop.example", "127.0.0.1.example", "1270.0.0.1"])(
  "%s is warned about, with what to do",
  (host) => {
    expect(findExposure(host)).toMatch(
      new RegExp(`^${host} is reachable .* no authentication: .* or leave out --host$`),
    );
  },
);
