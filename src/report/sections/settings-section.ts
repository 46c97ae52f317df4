// The settings that are not the same in all configurations.
import { type Block, heading, type Text } from '../document.js';
import type { Report } from '../make-report.js';

/** Systems whose settings are set side by side. */
const MOST_COMPARED = 8;

/** The blocks of the section; none where there is nothing to say. */
export function makeSettingsSection({ settings: { systems, settings } }: Report): Block[] {
  if (systems.length < 2 || systems.length > MOST_COMPARED || settings.length === 0) return [];
  return [
    heading('settings', 'Settings that differ'),
    {
      type: 'table',
      table: {
        head: ['setting', ...systems],
        align: ['left', ...systems.map(() => 'right' as const)],
        rows: settings.map(({ path, values }) => [
          [{ name: path }],
          ...values.map((value): Text => (value === undefined ? ['–'] : [{ name: value }])),
        ]),
      },
    },
  ];
}
