import { expect, test } from 'vitest';
import { parseConfiguration, parseQueue, parseTaskState } from '../../../src/launch/slurm/slurm-commands.js';

test('the limits of a cluster are read from scontrol show config', () => {
  const text = `Configuration data as of 2026-01-02T03:04:05
ClusterName             = hpc
MaxArraySize            = 501
MaxJobCount             = 10000
`;
  expect(parseConfiguration(text)).toEqual({ name: 'hpc', maxArraySize: 501 });
  expect(parseConfiguration('')).toEqual({ name: 'slurm', maxArraySize: 1001 });
});

test('the queue is read with what each task waits for or where it runs', () => {
  const text = `12_0|RUNNING|node7|None|tiny.a
12_1|PENDING||JobArrayTaskLimit|tiny.a
13|COMPLETING|node8|None|odd|name
14_0|REQUEUE_HOLD||JobHeldUser|tiny.b
15|SUSPENDED|node9|None|other
`;
  expect(parseQueue(text)).toEqual([
    { id: '12_0', jobName: 'tiny.a', state: 'running', node: 'node7' },
    { id: '12_1', jobName: 'tiny.a', state: 'queued', reason: 'JobArrayTaskLimit' },
    { id: '13', jobName: 'odd|name', state: 'ending', node: 'node8' },
    { id: '14_0', jobName: 'tiny.b', state: 'queued', reason: 'JobHeldUser' },
    { id: '15', jobName: 'other', state: 'running', node: 'node9' },
  ]);
  expect(parseQueue('')).toEqual([]);
});

test('the state of a task is read with how often it was started again', () => {
  // What Slurm 22.05 says of a task that it is about to start again.
  const text =
    'JobId=3 ArrayJobId=3 ArrayTaskId=1 JobName=x JobState=COMPLETING Reason=None Requeue=1 Restarts=1 BatchFlag=1';
  expect(parseTaskState(text)).toEqual({ state: 'COMPLETING', restarts: 1 });
  expect(parseTaskState('slurm_load_jobs error: Invalid job id specified')).toBeUndefined();
});
