import { describe, expect, it } from 'vitest';
import { MlflowClient } from '../src/client.js';
import { parseTrackingUri } from '../src/tracking-uri.js';

describe('parseTrackingUri', () => {
  it('keeps scheme, port and path prefix and takes the credentials out', () => {
    expect(parseTrackingUri('https://me%40home:p%2Fw@host:8443/team/mlflow/')).toEqual({
      baseUrl: 'https://host:8443/team/mlflow',
      username: 'me@home',
      password: 'p/w',
    });
    expect(parseTrackingUri('http://localhost:5000').baseUrl).toBe('http://localhost:5000');
  });

  it.each(['sqlite:///mlflow.db', './mlruns', 'file:///x', ''])('refuses %j and says what to do', (uri) => {
    expect(() => parseTrackingUri(uri)).toThrow(/mlflow server --backend-store-uri/);
  });

  it.each([
    ['localhost:5000', /begins with its scheme: http:\/\/localhost:5000/],
    ['http://localhost:99999', /host and port/],
    ['databricks://profile', /MLFLOW_TRACKING_TOKEN/],
    ['sqlite:///mlflow.db', /mlflow server --backend-store-uri/],
  ])('says what to write instead of %s', (uri, advice) => {
    expect(() => parseTrackingUri(uri)).toThrow(advice);
  });

  it('refuses without showing the password', () => {
    let message = '';
    try {
      parseTrackingUri('postgresql://me:hunter22@host/db');
    } catch (error) {
      message = `${error}${(error as Error).stack}${JSON.stringify(error)}`;
    }
    expect(message).toContain('postgresql://host/db');
    expect(message).not.toContain('hunter22');
  });

  it.each(['http://me:hunt@er22@host', 'http://me:hunt/er22@host', 'http://me:22/er22@host', 'http://me:er22#x@host'])(
    'keeps a password with characters of an address to itself: %s',
    (uri) => {
      let shown = '';
      try {
        const { baseUrl, password } = parseTrackingUri(uri);
        expect(password).toBe('hunt@er22');
        shown = baseUrl;
      } catch (error) {
        shown = String(error);
      }
      expect(shown).not.toContain('er22');
    },
  );
});

describe('MlflowClient.fromEnvironment', () => {
  it('says when there is no tracking URI', () => {
    expect(() => MlflowClient.fromEnvironment({}, {})).toThrow(expect.objectContaining({ code: 'NO_TRACKING_URI' }));
  });

  it('shows an address without credentials', () => {
    const client = MlflowClient.fromEnvironment({}, { MLFLOW_TRACKING_URI: 'http://me:hunter22@host:5000/' });
    expect(client.baseUrl).toBe('http://host:5000');
    expect(JSON.stringify(client)).not.toContain('hunter22');
  });

  it('refuses contradicting TLS settings, unreadable numbers and unusable tokens, without showing them', () => {
    const make = (variables: Record<string, string>) => () =>
      MlflowClient.fromEnvironment({}, { MLFLOW_TRACKING_URI: 'https://host', ...variables });
    expect(make({ MLFLOW_TRACKING_INSECURE_TLS: 'true', MLFLOW_TRACKING_SERVER_CERT_PATH: '/ca.pem' })).toThrow(
      /only one of/,
    );
    expect(make({ MLFLOW_TRACKING_SERVER_CERT_PATH: '/nowhere/ca.pem' })).toThrow('/nowhere/ca.pem');
    expect(make({ REQUESTS_CA_BUNDLE: '/nowhere/bundle.pem' })).toThrow('/nowhere/bundle.pem');
    expect(make({ HTTPS_PROXY: 'hunter22@proxy' })).toThrow(/^(?!.*hunter22).*HTTPS_PROXY/);
    expect(make({ MLFLOW_HTTP_REQUEST_TIMEOUT: 'long' })).toThrow(/MLFLOW_HTTP_REQUEST_TIMEOUT: found "long"/);
    expect(make({ MLFLOW_TRACKING_TOKEN: 'hunter22\n' })).toThrow(/^(?!.*hunter22).*the token/);
  });
});
