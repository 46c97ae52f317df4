// Principal components of a few points with many coordinates: the eigenvectors of their Gram matrix, by Jacobi's cyclic
// rotations (Golub and Van Loan 2013, section 8.5), which need no more than the number of points squared.

export interface PrincipalComponents {
  /** `[points][components]`: coordinates, the first component first. The largest of a component by size is positive. */
  readonly coordinates: readonly (readonly number[])[];
  /** The part of the variance that each component holds. */
  readonly explained: readonly number[];
}

/** The first `components` of points `[points, dimensions]`, row by row. */
export function findPrincipalComponents(values: Float32Array, points: number, components: number): PrincipalComponents {
  const gram = centreGram(values, points);
  const total = gram.reduce((sum, row, i) => sum + row[i]!, 0);
  const { eigenvalues, eigenvectors } = diagonalize(gram);
  const order = eigenvalues.map((_, i) => i).sort((a, b) => eigenvalues[b]! - eigenvalues[a]!);
  const kept = order.slice(0, components);
  const signs = kept.map((k) => {
    const column = eigenvectors.map((row) => row[k]!);
    return (
      Math.sign(column.reduce((largest, value) => (Math.abs(value) > Math.abs(largest) ? value : largest), 0)) || 1
    );
  });
  return {
    coordinates: eigenvectors.map((row) =>
      kept.map((k, i) => signs[i]! * row[k]! * Math.sqrt(Math.max(0, eigenvalues[k]!))),
    ),
    explained: kept.map((k) => (total > 0 ? Math.max(0, eigenvalues[k]!) / total : 0)),
  };
}

/** Products of the centred points, `[points][points]`. */
function centreGram(values: Float32Array, points: number): number[][] {
  const dimensions = values.length / points;
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < values.length; i++) mean[i % dimensions]! += values[i]! / points;
  const gram = Array.from({ length: points }, () => new Array<number>(points).fill(0));
  for (let a = 0; a < points; a++) {
    for (let b = a; b < points; b++) {
      let sum = 0;
      for (let d = 0; d < dimensions; d++) {
        sum += (values[a * dimensions + d]! - mean[d]!) * (values[b * dimensions + d]! - mean[d]!);
      }
      gram[a]![b] = sum;
      gram[b]![a] = sum;
    }
  }
  return gram;
}

const MOST_SWEEPS = 60;

/** Eigenvalues of a symmetric matrix, which is overwritten, and eigenvectors as columns. */
function diagonalize(matrix: number[][]): { eigenvalues: number[]; eigenvectors: number[][] } {
  const n = matrix.length;
  const vectors = matrix.map((_, i) => matrix.map((__, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(matrix); sweep++) {
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) rotate(matrix, vectors, p, q);
    }
  }
  return { eigenvalues: matrix.map((row, i) => row[i]!), eigenvectors: vectors };
}

function isDiagonal(matrix: readonly (readonly number[])[]): boolean {
  let outside = 0;
  let inside = 0;
  matrix.forEach((row, i) => {
    row.forEach((value, j) => {
      if (i === j) inside += value * value;
      else outside += value * value;
    });
  });
  return outside <= 1e-24 * inside;
}

/** One rotation in the plane of p and q, after which the matrix is 0 at both crossings. */
function rotate(matrix: number[][], vectors: number[][], p: number, q: number): void {
  const crossing = matrix[p]![q]!;
  if (crossing === 0) return;
  const theta = (matrix[q]![q]! - matrix[p]![p]!) / (2 * crossing);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (const row of matrix) turn(row, p, q, cosine, sine);
  for (let k = 0; k < matrix.length; k++) {
    const [a, b] = [matrix[p]![k]!, matrix[q]![k]!];
    matrix[p]![k] = cosine * a - sine * b;
    matrix[q]![k] = sine * a + cosine * b;
  }
  for (const row of vectors) turn(row, p, q, cosine, sine);
}

function turn(row: number[], p: number, q: number, cosine: number, sine: number): void {
  const [a, b] = [row[p]!, row[q]!];
  row[p] = cosine * a - sine * b;
  row[q] = sine * a + cosine * b;
}
