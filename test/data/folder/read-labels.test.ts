// Labels from tables and JSON beside pictures, in the forms that few-shot libraries write, with the place of each mistake.
import { describe, expect, test } from 'vitest';
import { readLabels } from '../../../src/data/folder/read-labels.js';

const short = (file: string, text: string) =>
  readLabels(file, text).map(({ picture, className, group, part, where }) =>
    [picture ?? '*', className, group ?? '-', part ?? '-', where].join(' '),
  );

describe('labels', () => {
  test.each([
    [
      'a table with a split',
      'labels.csv',
      'path,label,split\na/1.jpg,oak,train\n"b, c.jpg",birch,test\n',
      ['a/1.jpg oak - train labels.csv:2', 'b, c.jpg birch - test labels.csv:3'],
    ],
    [
      'a table of miniImageNet and LibFewShot, which is a part itself',
      'split/val.csv',
      'filename,label\r\nn01.jpg,n0185\r\n\r\nn02.jpg,n0185\r\n',
      ['n01.jpg n0185 - val split/val.csv:2', 'n02.jpg n0185 - val split/val.csv:4'],
    ],
    [
      'a table by tabs with groups',
      'x.tsv',
      'Superclass\tImage\tClass\nbirds\tp\\1.png\tduck\n',
      ['p/1.png duck birds - x.tsv:2'],
    ],
    [
      'a map of classes',
      's.json',
      '{"oak": ["1.png", "2.png"]}',
      ['1.png oak - - s.json.oak', '2.png oak - - s.json.oak'],
    ],
    ['a map of pictures', 's.json', '{"1.png": "oak"}', ['1.png oak - - s.json.1.png']],
    [
      'lists of classes',
      's.json',
      '{"train": ["oak"], "test": ["fir"]}',
      ['* oak - train s.json.train[0]', '* fir - test s.json.test[0]'],
    ],
    ['parts of maps', 's.json', '{"base": {"oak": ["1.png"]}}', ['1.png oak - base s.json.base.oak']],
    ['rows', 's.json', '[{"path": "1.png", "label": 3, "split": "novel"}]', ['1.png 3 - novel s.json[0]']],
    [
      'lists side by side',
      'novel.json',
      '{"label_names": ["oak", "fir"], "image_names": ["/x/1.png"], "image_labels": [1]}',
      ['/x/1.png fir - novel novel.json.image_names[0]'],
    ],
  ])('are read from %s', (_, file, text, expected) => {
    expect(short(file, text)).toEqual(expected);
  });

  test.each([
    [
      'l.csv',
      'name,kind\n1.png,oak\n',
      /^l\.csv:1 has the columns name, kind; expected one called path, file, filename/,
    ],
    ['l.csv', 'path,label\n1.png,oak\n2.png,\n', /^l\.csv:3 names no class for 2\.png$/],
    ['l.csv', 'path,label\n1.png,oak,x\n', /^l\.csv:2 is no table: .*Invalid Record Length/],
    ['l.csv', 'path,label,split\n1.png,oak,tset\n', /^l\.csv:2 names the part "tset"; expected train, val, test$/],
    ['l.json', '{"a": ', /^l\.json is no JSON/],
    ['l.json', '["oak"]', /^l\.json\[0\] is a name alone/],
    ['l.json', '{"a": 3}', /^l\.json\.a is no list of pictures$/],
    ['l.json', '{"image_names": ["a"], "image_labels": []}', /1 image_names and 0 image_labels/],
    ['l.json', '{}', /names no pictures/],
  ])('say where they are wrong: %s %j', (file, text, message) => {
    expect(() => readLabels(file, text)).toThrow(message);
  });
});
