import { expect, test } from "vitest";
import { shopConfiguration } from "../../../tests/support/shop.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { readTrackingSettings } from "./tracking-settings.ts";

const configured = (tracking: object) =>
  parseConfiguration(shopConfiguration({ rest: { tracking } })).tracking;

test("one setting switches tracking on, and the variable overrides it", () => {
  const environment = { MLFLOW_TRACKING_URI: "https://two.example/mlflow/" };
  const own = configured({ uri: "http://one.example:5000" });
  expect(readTrackingSettings(configured({}), {})).toBeUndefined();
  expect(readTrackingSettings(own, {})).toEqual({
    uri: "http://one.example:5000",
    prefix: "recurve",
  });
  expect(readTrackingSettings(configured({ prefix: "shop" }), environment)).toEqual({
    uri: "https://two.example/mlflow",
    prefix: "shop",
  });
});

test("credentials come from MLflow's own variables", () => {
  const tracking = configured({ uri: "http://one.example:5000" });
  const authorizationOf = (environment: Record<string, string>) =>
    readTrackingSettings(tracking, environment)?.authorization;
  const password = { MLFLOW_TRACKING_USERNAME: "ann", MLFLOW_TRACKING_PASSWORD: "s:1" };
  expect(authorizationOf(password)).toBe(`Basic ${btoa("ann:s:1")}`);
  expect(authorizationOf({ MLFLOW_TRACKING_TOKEN: "t-1" })).toBe("Bearer t-1");
  expect(authorizationOf({ MLFLOW_TRACKING_USERNAME: "ann" })).toBeUndefined();
});

test.each(["sqlite:///mlflow.db", "databricks", "", "http://ann:secret@one.example"])(
  "what is no server's address is refused and not repeated: %s",
  (uri) => {
    const attempts = [
      () => configured({ uri }),
      () => readTrackingSettings(configured({}), { MLFLOW_TRACKING_URI: uri }),
    ];
    for (const attempt of attempts)
      expect(attempt).toThrow(/the address of an MLflow server such as http:\/\/mlflow\.example/);
    expect(attempts[1]).not.toThrow(/secret/);
  },
);

test("a prefix that MLflow has no model for is refused", () => {
  expect(() => configured({ prefix: "shop/a" })).toThrow(/tracking\.prefix is "shop\/a"/);
});
