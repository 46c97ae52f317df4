import { describe, expect, it } from 'vitest';
import { checkArtifactPath, joinUrl, resolveArtifactRoot, sanitizeArtifactPath } from '../src/artifact-path.js';

describe('resolveArtifactRoot', () => {
  const proxied = 'http://host:5000/prefix/api/2.0/mlflow-artifacts/artifacts';
  it('goes through the tracking server, its path prefix included', () => {
    expect(resolveArtifactRoot('mlflow-artifacts:/1/abc/artifacts', 'http://host:5000/prefix')).toEqual({
      kind: 'proxied',
      url: `${proxied}/1/abc/artifacts`,
    });
    expect(resolveArtifactRoot('mlflow-artifacts:/', 'http://host:5000/prefix')).toEqual({
      kind: 'proxied',
      url: proxied,
    });
  });

  it('goes to another server when the URI names one', () => {
    expect(resolveArtifactRoot('mlflow-artifacts://store:7/x y', 'https://host')).toEqual({
      kind: 'proxied',
      url: 'https://store:7/api/2.0/mlflow-artifacts/artifacts/x%20y',
    });
  });

  it('writes to the disk when the server is on this machine', () => {
    for (const uri of ['/data/my%20runs', 'file:///data/my%2520runs', 'file:/data/my%2520runs']) {
      expect(resolveArtifactRoot(uri, 'http://127.0.0.1:5000')).toEqual({ kind: 'local', folder: '/data/my%20runs' });
    }
  });

  it('refuses the disk of another machine and object stores', () => {
    expect(() => resolveArtifactRoot('/data', 'http://10.0.0.5:5000')).toThrow(/disk of another machine/);
    expect(() => resolveArtifactRoot('s3://user:secret@bucket/x', 'http://localhost')).toThrow(/^artifacts at s3: /);
  });
});

describe('artifact paths', () => {
  it.each(['a', 'a b/c.txt', 'ünï/漢.png', 'x+step+1', "it's & that?", 'n'.repeat(255)])('take %j', (path) => {
    expect(() => checkArtifactPath(path)).not.toThrow();
  });

  it.each(['', '/a', 'a/', 'a//b', '../a', 'a/./b', 'a%20b', 'a#b', 'a\\b', 'a\nb', 'é'.repeat(128)])(
    'refuse %j, which the server would refuse or store under another name',
    (path) => {
      expect(() => checkArtifactPath(path)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
    },
  );

  it('can be made storable', () => {
    expect(sanitizeArtifactPath('/50%/../a#b\\c//d')).toBe('50_/__/a_b_c/d');
    expect(sanitizeArtifactPath('')).toBe('_');
  });

  it('are encoded segment by segment', () => {
    expect(joinUrl('http://h/x', 'a b/?&=/é')).toBe('http://h/x/a%20b/%3F%26%3D/%C3%A9');
  });
});
