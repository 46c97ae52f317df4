// Where the real data sets lie for the tests. They fail when it is missing: exact numbers are not skipped in silence.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const REAL_DATA = process.env.ONESHOT_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

if (!existsSync(REAL_DATA)) throw new Error(`real data is missing: set ONESHOT_DATA, or place it in ${REAL_DATA}`);
