// The rate stays.
import type { ScheduleConstant } from '../../config/experiment.js';
import type { ScheduleBuilder } from './schedule.js';

export const constant: ScheduleBuilder<ScheduleConstant> = () => () => 1;
