// What the schema allows and a cross-field rule refuses.
import type { BrokenFile } from '../../config/broken-file.js';

export const ruleErrors: readonly BrokenFile[] = [
  { title: 'a name alone', text: 'name: t\n', expected: ['1:1 missing-key'] },
  { title: 'a model without training', change: { 9: '', 10: '', 11: '', 12: '' }, expected: ['3:1 missing-key model'] },
  {
    title: 'training without a model',
    change: { 3: '', 4: '', 5: '', 6: '', 7: '', 8: '' },
    expected: ['9:1 missing-key training'],
  },
  { title: 'no data', change: { 2: '' }, expected: ['1:1 missing-key'] },
  { title: 'nothing to do', text: 'name: t\ndata: {dataset: glyphs}\n', expected: ['1:1 missing-key'] },
  {
    title: 'no baselines and no model',
    text: 'name: t\ndata: {dataset: glyphs}\nevaluation: [{protocol: within-alphabet}]\nbaselines: []\n',
    expected: ['4:12 missing-key baselines'],
  },
  {
    title: 'two baselines of one name, and one of the name of the network',
    add: 'baselines: [{type: elasticMatching, name: a}, {type: elasticMatching, name: a, steps: 8}, {type: elasticMatching, name: network}]',
    expected: ['15:77 wrong-value baselines[1].name', '15:121 wrong-value baselines[2].name'],
  },
  {
    title: 'a kernel larger than the picture',
    change: { 5: '    - {name: conv1, type: conv, filters: 8, kernelSize: 40}' },
    expected: ['5:7 shape model.encoder[0]'],
  },
  {
    title: 'a kernel larger than what reaches it',
    change: { 6: '    - {type: maxPool, size: 8}\n    - {type: conv, filters: 8, kernelSize: 4}' },
    expected: ['7:7 shape model.encoder[2]'],
  },
  {
    title: 'a pooling behind a dense layer',
    change: { 7: '    - {name: embedding, type: dense, units: 16}\n    - {type: maxPool, size: 2}' },
    expected: ['8:7 shape model.encoder[3]'],
  },
  {
    title: 'a layer within a block that does not fit',
    change: { 6: '    - {type: residual, layers: [{type: relu}, {type: flatten}, {type: maxPool, size: 2}]}' },
    expected: ['6:64 shape model.encoder[1].layers[2]'],
  },
  {
    title: 'a block that cannot be added to its input',
    change: { 6: '    - {type: residual, layers: [{type: flatten}]}' },
    expected: ['6:7 shape model.encoder[1]'],
  },
  {
    title: 'known classes where the test has others',
    change: { 14: '  - {protocol: closed-set}' },
    expected: ['14:16 conflict evaluation[0].protocol'],
  },
  {
    title: 'queries that do not come out even with several of each class, and an assignment of them',
    change: { 14: '  - {protocol: cross-alphabet, nWay: 2, queriesPerClass: 3, queries: 10, assignment: oneToOne}' },
    expected: ['14:70 episode evaluation[0].queries', '14:74 conflict evaluation[0].assignment'],
  },
  {
    title: 'a network of a file that is not there',
    change: { 5: '    - {name: conv1, type: file, path: nowhere/model.onnx}' },
    expected: ['5:7 shape model.encoder[0]'],
  },
  {
    title: 'a network of a file behind another layer',
    change: { 6: '    - {type: maxPool, size: 2}\n    - {type: file, path: package.json, mean: [0], std: [1]}' },
    expected: ['7:7 conflict model.encoder[2]'],
  },
  {
    title: 'two layers of one name within a block',
    change: { 6: '    - {type: residual, layers: [{type: relu, name: a}, {type: tanh, name: a}]}' },
    expected: ['6:75 conflict model.encoder[1].layers[1].name'],
  },
  {
    title: 'a setting of SGD within a block with AdamW',
    change: { 6: '    - {type: residual, layers: [{type: batchNorm, momentum: 0.9}]}' },
    expected: ['6:51 conflict model.encoder[1].layers[0].momentum'],
  },
  {
    title: 'an unknown key of a layer within a block',
    change: { 6: '    - {type: residual, layers: [{type: leakyRelu, slop: 0.9}]}' },
    expected: ['6:51 unknown-key model.encoder[1].layers[0]'],
  },
  {
    title: 'two layers of one name',
    change: { 7: '    - {name: conv1, type: dense, units: 16}' },
    expected: ['7:14 conflict model.encoder[2].name'],
  },
  {
    title: 'a layer called as another is called by default',
    change: { 5: '    - {name: relu1, type: conv, filters: 8, kernelSize: 3}' },
    expected: ['6:7 conflict model.encoder[1]'],
  },
  {
    title: 'a layer called head',
    change: { 6: '    - {type: relu, name: head}' },
    expected: ['6:26 conflict model.encoder[1].name'],
  },
  {
    title: 'micro-batches with batch normalisation',
    change: { 6: '    - {type: batchNorm}', 12: '  maxEpochs: 2\n  microBatchSize: 2' },
    expected: ['13:19 conflict training.microBatchSize'],
  },
  {
    title: 'a batch size with all pairs',
    change: { 12: '  maxEpochs: 2\n  batchSize: 64' },
    expected: ['13:3 conflict training.batchSize'],
  },
  {
    title: 'a batch size with episodes',
    change: { 10: '  task: {type: episodes}', 12: '  maxEpochs: 2\n  batchSize: 64' },
    expected: ['13:3 conflict training.batchSize'],
  },
  {
    title: 'episodes without queries',
    change: { 10: '  task: {type: episodes, drawers: 3, shots: 3}' },
    expected: ['10:45 episode training.task.shots'],
  },
  {
    title: 'a loss of pairs with a task of classes',
    change: {
      8: '  head: {type: l2}',
      10: '  task: {type: classification}',
      12: '  maxEpochs: 2\n  loss: contrastive',
    },
    expected: ['13:9 conflict training.loss'],
  },
  {
    title: 'a loss of triplets with pairs',
    change: {
      8: '  head: {type: l2}',
      10: '  task: {type: verification, pairs: {count: 100}}',
      12: '  maxEpochs: 2\n  loss: triplet',
    },
    expected: ['13:9 conflict training.loss'],
  },
  {
    title: 'a loss of distances with a learned distance',
    change: { 12: '  maxEpochs: 2\n  loss: contrastive' },
    expected: ['13:9 conflict training.loss'],
  },
  {
    title: 'a contrastive loss of squares of squares',
    change: { 8: '  head: {type: l2, squared: true}', 12: '  maxEpochs: 2\n  loss: contrastive' },
    expected: ['8:29 conflict model.head.squared'],
  },
  {
    title: 'a margin of cross-entropy',
    change: { 12: '  maxEpochs: 2\n  margin: 0.5' },
    expected: ['13:3 conflict training.margin'],
  },
  {
    title: 'a head that classification does not train',
    change: { 10: '  task: {type: classification}' },
    expected: ['8:16 conflict model.head.type'],
  },
  {
    title: 'a layer called task',
    change: { 6: '    - {type: relu, name: task}' },
    expected: ['6:26 conflict model.encoder[1].name'],
  },
  {
    title: 'copies beside a probability',
    add: 'augmentation: {affine: {copies: 8, probability: 0.9}}',
    expected: ['15:36 conflict augmentation.affine.probability'],
  },
  {
    title: 'a scale range that is upside down',
    add: 'augmentation: {affine: {scale: [1.2, 0.8]}}',
    expected: ['15:33 conflict augmentation.affine.scale[0]'],
  },
  {
    title: 'a range of radii that is upside down',
    add: 'augmentation: {dilation: {radius: [0.1, 0.05]}}',
    expected: ['15:36 conflict augmentation.dilation.radius[0]'],
  },
  {
    title: 'rotations as classes with pairs',
    add: 'augmentation: {rotationClasses: true}',
    change: { 10: '  task: {type: verification, pairs: {count: 100}}' },
    expected: ['15:33 conflict augmentation.rotationClasses'],
  },
  {
    title: 'test-time augmentation without distortions',
    change: { 14: '  - {protocol: within-alphabet, nWay: 5, testTimeAugmentation: {copies: 3}}' },
    expected: ['14:42 conflict evaluation[0].testTimeAugmentation'],
  },
  {
    title: 'test-time augmentation that turns pictures and still takes distorted copies',
    change: { 14: '  - {protocol: within-alphabet, nWay: 5, testTimeAugmentation: {rotations: true}}' },
    expected: ['14:42 conflict evaluation[0].testTimeAugmentation'],
  },
  {
    title: 'a threshold chosen on the pairs that are measured',
    change: { 14: '  - {protocol: verification, selection: validation}' },
    expected: ['14:41 leak evaluation[0].selection'],
  },
  {
    title: 'a threshold from a validation that is empty',
    change: { 2: 'data: {dataset: glyphs, validationAlphabets: 0}', 14: '  - {protocol: verification, pairs: 100}' },
    expected: ['14:5 episode evaluation[0]'],
  },
  {
    title: 'a verification on a selection that is empty',
    change: { 2: 'data: {dataset: glyphs, testAlphabets: 0}', 14: '  - {protocol: verification, threshold: 0.5}' },
    expected: ['14:5 episode evaluation[0]'],
  },
  {
    title: 'a threshold that is no probability',
    change: { 14: '  - {protocol: verification, threshold: 1.5}' },
    expected: ['14:41 wrong-value evaluation[0].threshold'],
  },
  {
    title: 'episodes beside queries',
    change: { 14: '  - {protocol: within-alphabet, nWay: 5, episodes: 10, queries: 50}' },
    expected: ['14:56 conflict evaluation[0].queries'],
  },
  {
    title: 'queries that are no multiple of the ways',
    change: { 14: '  - {protocol: within-alphabet, nWay: [5, 7], queries: 100}' },
    expected: ['14:56 episode evaluation[0].queries'],
  },
  {
    title: 'validation queries that are no multiple of the ways',
    change: { 12: '  maxEpochs: 2\n  validation: {nWay: 15}' },
    expected: ['13:22 episode training.validation.nWay'],
  },
  {
    title: 'more ways than characters',
    change: { 14: '  - {protocol: within-alphabet, nWay: [5, 21, 20]}' },
    expected: ['14:43 episode evaluation[0].nWay[1]'],
  },
  {
    title: 'more ways than characters in all alphabets',
    change: { 14: '  - {protocol: cross-alphabet, nWay: 121}' },
    expected: ['14:38 episode evaluation[0].nWay'],
  },
  {
    title: 'more ways than characters by default',
    change: {
      2: 'data: {dataset: glyphs, imageSize: 28, charactersPerAlphabet: 19}',
      10: '  task: {type: allPairs, characters: 19}',
      14: '  - {protocol: within-alphabet}',
    },
    expected: ['14:5 episode evaluation[0]'],
  },
  {
    title: 'more shots than drawers',
    change: { 14: '  - {protocol: within-alphabet, nWay: 5, kShot: 20}' },
    expected: ['14:49 episode evaluation[0].kShot'],
  },
  {
    title: 'more shots than the four drawers of split koch',
    change: {
      2: 'data: {dataset: omniglot, split: koch, imageSize: 28}',
      14: '  - {protocol: within-alphabet, kShot: [1, 3, 4]}',
    },
    expected: ['14:47 episode evaluation[0].kShot[2]'],
  },
  {
    title: "Lake's runs without Omniglot",
    change: { 14: '  - {protocol: lake-runs}' },
    expected: ['14:16 conflict evaluation[0].protocol'],
  },
  {
    title: 'validation without validation alphabets',
    change: { 2: 'data: {dataset: omniglot, imageSize: 28}', 12: '  maxEpochs: 2\n  validation: {}' },
    expected: ['13:3 episode training.validation'],
  },
  {
    title: 'an evaluation on a validation selection that is empty',
    change: {
      2: 'data: {dataset: omniglot, imageSize: 28}',
      14: '  - {protocol: within-alphabet, selection: validation}',
    },
    expected: ['14:44 episode evaluation[0].selection'],
  },
  {
    title: 'an evaluation on glyphs without test alphabets',
    change: { 2: 'data: {dataset: glyphs, testAlphabets: 0}' },
    expected: ['14:5 episode evaluation[0]'],
  },
  {
    title: 'a validation alphabet that does not exist',
    change: { 2: 'data: {dataset: omniglot, validationAlphabets: [Grek, Latin]}' },
    expected: ['2:49 wrong-value data.validationAlphabets[0]'],
  },
  {
    title: 'an evaluation alphabet for validation',
    change: { 2: 'data: {dataset: omniglot, validationAlphabets: [Latin, Tengwar]}' },
    expected: ['2:56 leak data.validationAlphabets[1]'],
  },
  {
    title: 'validation alphabets with split koch',
    change: { 2: 'data: {dataset: omniglot, split: koch, validationAlphabets: [Latin]}' },
    expected: ['2:40 conflict data.validationAlphabets'],
  },
  {
    title: 'a background alphabet for validation that a small split does not train on',
    change: { 2: 'data: {dataset: omniglot, split: small1, validationAlphabets: [Greek, Bengali]}' },
    expected: ['2:71 wrong-value data.validationAlphabets[1]'],
  },
  {
    title: "Lake's runs after training on some of their alphabets",
    change: { 2: 'data: {dataset: omniglot, split: vinyals}', 14: '  - {protocol: lake-runs}' },
    expected: ['14:16 leak evaluation[0].protocol'],
  },
  {
    title: 'the transfer to MNIST after training on some of its digits',
    change: {
      2: 'data: {dataset: mnist, trainDigits: [3, 1, 2]}',
      10: '  task: {type: allPairs, characters: 3}',
      14: '  - {protocol: mnist}',
    },
    expected: ['14:16 leak evaluation[0].protocol'],
  },
  {
    title: 'all alphabets of a small split for validation',
    change: {
      2: 'data: {dataset: omniglot, split: small1, validationAlphabets: [Balinese, Early_Aramaic, Greek, Korean, Latin]}',
    },
    expected: ['2:63 episode data.validationAlphabets'],
  },
  {
    title: 'training on MNIST without digits to train on',
    change: { 2: 'data: {dataset: mnist}' },
    expected: ['2:7 episode data'],
  },
  {
    title: 'a validation selection of MNIST',
    change: {
      2: 'data: {dataset: mnist, trainDigits: [1, 2, 3]}',
      10: '  task: {type: allPairs, characters: 3}',
      14: '  - {protocol: cross-alphabet, nWay: 2, selection: validation}',
    },
    expected: ['14:52 episode evaluation[0].selection'],
  },
  {
    title: 'more ways than the digits that are left for the test',
    change: {
      2: 'data: {dataset: mnist, trainDigits: [1, 2, 3]}',
      10: '  task: {type: allPairs, characters: 3}',
      14: '  - {protocol: cross-alphabet, nWay: 8}',
    },
    expected: ['14:38 episode evaluation[0].nWay'],
  },
  {
    title: 'more than ten ways of digits, and queries that are no multiple',
    change: { 14: '  - {protocol: mnist, nWay: 11}\n  - {protocol: mnist, queries: 99}' },
    expected: ['14:29 wrong-value evaluation[0].nWay', '15:32 episode evaluation[1].queries'],
  },
  {
    title: 'a source smaller than the pictures',
    change: { 2: 'data: {dataset: glyphs, imageSize: 28, sourceSize: 20}' },
    expected: ['2:52 conflict data.sourceSize'],
  },
  {
    title: 'a metric that nobody logs',
    change: { 12: '  maxEpochs: 2\n  earlyStopping: {metric: train/los}' },
    expected: ['13:27 metric training.earlyStopping.metric'],
  },
  {
    title: 'a validation metric without validation',
    change: { 12: '  maxEpochs: 2\n  earlyStopping: {metric: validation/one-shot-accuracy}' },
    expected: ['13:27 metric training.earlyStopping.metric'],
  },
  {
    title: 'a validation that is never reached',
    change: {
      12: '  maxEpochs: 2\n  validation: {nWay: 5, everyEpochs: 3}\n  earlyStopping: {metric: validation/one-shot-accuracy}',
    },
    expected: ['13:38 metric training.validation.everyEpochs'],
  },
  {
    title: 'a momentum that falls',
    change: { 11: '  optimizer: {type: sgd, momentum: {from: 0.9, to: 0.5, rampEpochs: 10}}' },
    expected: ['11:43 conflict training.optimizer.momentum.from'],
  },
  {
    title: 'momentum and L2 of layers with AdamW',
    change: {
      5: '    - {name: conv1, type: conv, filters: 8, kernelSize: 3, momentum: 0.9, l2: 0.1}',
      8: '  head: {type: weightedL1, l2: 0.1}',
    },
    expected: [
      '5:60 conflict model.encoder[0].momentum',
      '5:75 conflict model.encoder[0].l2',
      '8:28 conflict model.head.l2',
    ],
  },
  {
    title: 'momentum of a layer with Adam, which has L2 penalties',
    change: {
      5: '    - {name: conv1, type: conv, filters: 8, kernelSize: 3, momentum: 0.9, l2: 0.1}',
      11: '  optimizer: {type: adam}',
    },
    expected: ['5:60 conflict model.encoder[0].momentum'],
  },
  {
    title: 'more drawers and characters in a batch than there are',
    change: { 10: '  task: {type: allPairs, drawers: 21, characters: 500}' },
    expected: ['10:35 episode training.task.drawers', '10:51 episode training.task.characters'],
  },
  {
    title: 'changes of colours where there are none',
    add: 'augmentation: {colorJitter: {hue: 0.1}}',
    expected: ['15:16 conflict augmentation.colorJitter'],
  },
  {
    title: 'strokes of pictures that are no ink',
    change: { 2: 'data: {dataset: emoji}', 14: '  - {protocol: within-alphabet, nWay: 2}' },
    add: 'augmentation: {strokes: {}}',
    expected: ['15:16 conflict augmentation.strokes'],
  },
  {
    title: 'a wider pen for pictures that are no ink',
    change: { 2: 'data: {dataset: emoji}', 14: '  - {protocol: within-alphabet, nWay: 2}' },
    add: 'augmentation: {dilation: {}}',
    expected: ['15:16 conflict augmentation.dilation'],
  },
  {
    title: 'a password in the address of the tracking server',
    add: 'tracking: {mlflow: {trackingUri: "http://me:secret@127.0.0.1:5000"}}',
    expected: ['15:34 conflict tracking.mlflow.trackingUri'],
  },
  {
    title: 'a mistake of the schema and one of a rule',
    change: { 5: '    - {name: conv1, type: conv, filters: 8, kernelSize: 40}', 12: '  maxEpochs: two' },
    expected: ['5:7 shape model.encoder[0]', '12:14 wrong-type training.maxEpochs'],
  },
  {
    title: 'no problem of a rule that reads what is mistyped',
    change: {
      12: '  maxEpochs: 2\n  validatoin: {nWay: 5, queries: 100}\n  earlyStopping: {metric: validation/one-shot-accuracy}',
    },
    expected: ['13:3 unknown-key training'],
  },
];
