// The tracking section.
import type { Rule } from '../rule.js';

/** Credentials belong into the environment: files are shared and stored with every run. A user name may be a token. */
export const checkTrackingAddress: Rule = {
  name: 'tracking address',
  needs: ['tracking'],
  check({ tracking }, { report }) {
    const address = tracking?.mlflow?.trackingUri;
    if (address === undefined) return;
    const path = ['tracking', 'mlflow', 'trackingUri'];
    if (!URL.canParse(address)) {
      report({
        code: 'wrong-value',
        path,
        found: 'an address that cannot be read',
        allowed: 'an address like http://127.0.0.1:5000',
      });
    } else if (new URL(address).password !== '' || new URL(address).username !== '') {
      report({
        code: 'conflict',
        path,
        found: 'an address with a user name or a password',
        allowed: 'an address without',
        hint: 'set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
      });
    }
  },
};
