// Generated from schemas/experiment.schema.json by `npm run generate`; do not edit.
// The form of an experiment after composition and check: defaults are filled in.

/**
 * Height and width of the pictures that the network sees.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "imageSize".
 */
export type ImageSize = number;
/**
 * Height and width at which pictures are kept before distortion; each distorted picture is sampled from it. `imageSize` when left out.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "sourceSize".
 */
export type SourceSize = number;
/**
 * Factor on the ink after resizing, clipped at full ink: thin strokes stay dark when pictures are made small.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "inkGain".
 */
export type InkGain = number;
/**
 * One layer of the encoder.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layer".
 */
export type Layer =
  | LayerConv
  | LayerDense
  | LayerBatchNorm
  | LayerRelu
  | LayerSigmoid
  | LayerMaxPool
  | LayerFlatten
  | LayerDropout
  | LayerAvgPool
  | LayerGlobalAveragePool
  | LayerLeakyRelu
  | LayerTanh
  | LayerResidual
  | LayerDepthwiseConv
  | LayerRelu6
  | LayerCenter
  | LayerPretrained
  | LayerFile;
/**
 * How numbers are drawn at the start. Koch et al. 2015: weights of convolutions N(0, 0.01), of the dense layer N(0, 0.2), biases N(0.5, 0.01).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializer".
 */
export type Initializer =
  | InitializerZeros
  | InitializerConstant
  | InitializerNormal
  | InitializerHeNormal
  | InitializerGlorotUniform
  | InitializerTruncatedNormal
  | InitializerUniform
  | InitializerHeUniform
  | InitializerGlorotNormal
  | InitializerLecunNormal;
/**
 * What turns two embeddings into the logit that both pictures show the same character.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "head".
 */
export type Head = HeadWeightedL1 | HeadL1 | HeadL2 | HeadCosine;
/**
 * What the network is trained to do.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "task".
 */
export type Task = TaskVerification | TaskAllPairs | TaskClassification | TaskEpisodes;
/**
 * How weights follow gradients.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "optimizer".
 */
export type Optimizer = OptimizerSgd | OptimizerAdamW | OptimizerAdam;
/**
 * Learning-rate schedule: a factor on the rate of every layer.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "schedule".
 */
export type Schedule = ScheduleConstant | ScheduleExponential | ScheduleStep | ScheduleCosine | ScheduleOneCycle;
/**
 * One evaluation.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "protocol".
 */
export type Protocol =
  | ProtocolLakeRuns
  | ProtocolWithinAlphabet
  | ProtocolCrossAlphabet
  | ProtocolClosedSet
  | ProtocolMnist
  | ProtocolVerification;
/**
 * A second result of the same episodes, named transductive: their queries hold one picture of each class, and are assigned to the classes one to one, so that the scores add up to the most. It uses the other queries, so it is never the headline and not to be compared with published figures.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "assignment".
 */
export type Assignment = 'oneToOne';
/**
 * `tiesRight`: a query whose right class ties with others for the largest score counts as right, so that a network that answers the same to everything scores 100 %. `withReplacement`: support pictures are drawn with replacement, so that a query may meet itself.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "mistake".
 */
export type Mistake = 'tiesRight' | 'withReplacement';
/**
 * Further results of the same network, measured as public reimplementations do by mistake, to see what each mistake is worth. Their names end in `-ties-right` and `-with-replacement`; they are never the headline, nor to be compared with published figures.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "mistakes".
 */
export type Mistakes = Mistake[];
/**
 * A baseline: the name of its kind, or a map with its parameters.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baseline".
 */
export type Baseline =
  | BaselineNearestNeighbourEuclidean
  | BaselineNearestNeighbourCosine
  | BaselineNearestNeighbourAffine
  | BaselineModifiedHausdorff
  | BaselineElasticMatching
  | BaselineAffineModel
  | BaselineSimpleStrokes
  | BaselineHbpl
  | BaselineChance;
/**
 * What it is called in results and reports, to tell several of a kind apart. Its kind's name when left out.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "scorerName".
 */
export type ScorerName = string;
/**
 * Values to cross, or to search. Each point becomes one trial per seed.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "sweep".
 */
export type Sweep = SweepGrid | SweepList | SweepRandom | SweepSobol | SweepTpe;
/**
 * What the search improves: `validation/one-shot-accuracy`, the best over the epochs of a trial, or `train/loss` of its last epoch. Averaged over the seeds of a point. Never a test accuracy: that would choose on the test set.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "searchMetric".
 */
export type SearchMetric = 'validation/one-shot-accuracy' | 'train/loss';
/**
 * Which direction of the metric is better. When left out: `maximize` for an accuracy, `minimize` for a loss.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "searchGoal".
 */
export type SearchGoal = 'maximize' | 'minimize';
/**
 * Trials at most, seeds counted: with three seeds, 100 trials are 33 points. Raising it goes on with the same sweep.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "maxTrials".
 */
export type MaxTrials = number;
/**
 * Time that the sweep may run, all its sessions together; then no further point is proposed, and trials that are running end. Raising it goes on with the same sweep.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "maxHours".
 */
export type MaxHours = number;
/**
 * Seed of the search: the same one proposes the same points.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "searchSeed".
 */
export type SearchSeed = number;

/**
 * A declarative few-shot experiment.
 */
export interface Experiment {
  /**
   * Name of the experiment and of its folder in runs/.
   */
  name: string;
  /**
   * What it is for, in a sentence.
   */
  description?: string;
  /**
   * A file, or a list of files, that this one starts from: maps are merged, later wins, lists are replaced. Relative to this file.
   */
  extends?: string | string[];
  /**
   * Seeds: every point of the sweep becomes one trial per seed.
   */
  seeds: number[];
  /**
   * The data set, how it is divided, and the size of its pictures.
   */
  data: DataOmniglot | DataGlyphs | DataOmniglotStrokes | DataMnist | DataFolder | DataEmoji;
  augmentation: Augmentation;
  model?: Model;
  training?: Training;
  /**
   * Protocols that the finished network is measured by.
   */
  evaluation: Protocol[];
  /**
   * What is measured beside the network, on the same episodes. A kind's name alone takes it with its defaults.
   */
  baselines: Baseline[];
  sweep?: Sweep;
  ensemble?: Ensemble;
  tracking?: Tracking;
  resources: Resources;
}
/**
 * Omniglot (Lake et al. 2015): 1,623 characters of 50 alphabets, each drawn by 20 people, 105 x 105 pixels.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "dataOmniglot".
 */
export interface DataOmniglot {
  /**
   * Omniglot.
   */
  dataset: 'omniglot';
  /**
   * The folder that holds images_background.zip, images_evaluation.zip and all_runs.zip. Without it: the environment variable ONESHOT_DATA, then the folder of `oneshot data`. Relative to the file it stands in.
   */
  path?: string;
  /**
   * `lake`: 30 background alphabets for training, 20 evaluation alphabets for the test. `koch`: training on the 30 background alphabets and 12 drawers; validation and test on 10 evaluation alphabets each, with 4 further drawers each (Koch et al. 2015, section 4). `vinyals`: 33 / 5 / 12 alphabets of both sets (Vinyals et al. 2016). `small1`, `small2`: five background alphabets for training (those of images_background_small1.zip or small2.zip), the test as in `lake`.
   */
  split: 'lake' | 'koch' | 'vinyals' | 'small1' | 'small2';
  /**
   * Background alphabets that are kept from training and used for validation (splits `lake`, `small1` and `small2`, among those they train on; the others have their own).
   */
  validationAlphabets: string[];
  imageSize: ImageSize;
  sourceSize?: SourceSize;
  inkGain: InkGain;
}
/**
 * Procedurally drawn characters: alphabets of stroke characters, drawers with a hand of their own, jitter in each drawing; everything from a seed. Needs no download.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "dataGlyphs".
 */
export interface DataGlyphs {
  /**
   * Procedurally drawn characters.
   */
  dataset: 'glyphs';
  /**
   * Seed of the drawings. The same for all trials unless it is swept, so that trials see the same data.
   */
  seed: number;
  /**
   * Alphabets for training.
   */
  trainAlphabets: number;
  /**
   * Alphabets for validation.
   */
  validationAlphabets: number;
  /**
   * Alphabets for the test.
   */
  testAlphabets: number;
  /**
   * Characters of each alphabet.
   */
  charactersPerAlphabet: number;
  /**
   * People who draw each character.
   */
  drawers: number;
  imageSize: ImageSize;
  sourceSize?: SourceSize;
  inkGain: InkGain;
}
/**
 * The characters of Omniglot of which the pens were recorded (`strokes_background_small1.zip`, `strokes_background_small2.zip`): 242 characters of 8 background alphabets by 20 people, with strokes and times beside the pictures. `oneshot data strokes` tells of them.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "dataOmniglotStrokes".
 */
export interface DataOmniglotStrokes {
  /**
   * Omniglot's drawings with their pens.
   */
  dataset: 'omniglot-strokes';
  /**
   * The folder that holds the zips. Without it: the environment variable ONESHOT_DATA, then the folder of `oneshot data`. Relative to the file it stands in.
   */
  path?: string;
  /**
   * The minimal background sets; Greek and Latin are in both.
   */
  parts: ('small1' | 'small2')[];
  /**
   * `drawn`: the people's pictures (`images_background_small1.zip`, `images_background_small2.zip`); `painted`: the pens' lines as the program paints them.
   */
  pictures: 'drawn' | 'painted';
  /**
   * Alphabets for validation.
   */
  validationAlphabets: string[];
  /**
   * Alphabets for the test. All of them belong to Omniglot's background set.
   */
  testAlphabets: string[];
  imageSize: ImageSize;
  sourceSize?: SourceSize;
  inkGain: InkGain;
}
/**
 * MNIST: handwritten digits, 28 x 28 pixels, 60,000 training and 10,000 test pictures. One alphabet of ten characters; each picture counts as drawn by somebody else.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "dataMnist".
 */
export interface DataMnist {
  /**
   * MNIST.
   */
  dataset: 'mnist';
  /**
   * The folder that holds train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, with .gz or without. Without it: the environment variable ONESHOT_DATA, then the folder of `oneshot data`. Relative to the file it stands in.
   */
  path?: string;
  /**
   * Digits to train on, from the training files. The test is on the other digits, from the test files: on all ten where none is named.
   */
  trainDigits: number[];
  imageSize: ImageSize;
  sourceSize?: SourceSize;
  inkGain: InkGain;
}
/**
 * One's own pictures: a folder of PNG, JPEG, GIF (first frame), WebP, TIFF or AVIF files, told by their content; `class/picture` or `group/class/picture`, or either below `train`, `val` and `test`. Turned as EXIF says, in sRGB. Groups are what other data sets call alphabets, classes characters.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "dataFolder".
 */
export interface DataFolder {
  /**
   * One's own pictures.
   */
  dataset: 'folder';
  /**
   * The folder, or a ZIP or tar file of it. Relative to the file it stands in.
   */
  path: string;
  /**
   * Files within the folder that say what pictures show, wherever they lie: a table (CSV) with a column `path` or `filename`, one `label`, and, where they are wanted, `split` (`train`, `val`, `test`) and `group`; or JSON: rows like these, `{class: [pictures]}`, lists of classes below `train`, `val` and `test`, or `image_names` beside `image_labels`. A file called `train`, `val` or `test` is that part. Without it folders say it.
   */
  labels?: string | string[];
  /**
   * `grey`: ink on paper, one channel (drawings, signs, scans); `rgb`: red, green and blue as people see them (photographs).
   */
  color: 'grey' | 'rgb';
  /**
   * How a picture that is no square becomes one: `pad`: whole, with paper or background around; `crop`: the middle of it; `stretch`: its sides out of proportion. When left out: `crop` for colour `rgb`, `pad` for `grey`.
   */
  fit?: 'pad' | 'crop' | 'stretch';
  /**
   * Colour that shows where colour pictures are transparent, and around padded ones. In grey pictures that is paper.
   */
  background: string;
  /**
   * Which tone of grey pictures is drawn with: `dark` on light paper, `light` on dark paper, or `auto`: what the edges of the pictures say, all together.
   */
  ink: 'auto' | 'dark' | 'light';
  /**
   * Classes with fewer pictures are left out, and counted. When left out, a class with a single picture is an error.
   */
  minimumPictures?: number;
  /**
   * What goes to training, validation or test as a whole: `folders`: what lies below `train`, `val` and `test` (with other words for them: `base`, `valid`, `novel`, …), so that classes may have pictures on both sides; `groups`; `classes`; or `pictures`: some of every class, for accuracy on known classes (protocol `closed-set`). When left out: `folders` where the topmost folders are called so, else `groups` where there are several, else `classes`.
   */
  divideBy?: 'folders' | 'groups' | 'classes' | 'pictures';
  /**
   * What is kept for validation: a share of the groups (or classes, see `divideBy`), drawn by `seed`, or a list of their names. A class is named as its folder, or `group/class` where there are several groups.
   */
  validation: number | string[];
  /**
   * What is kept for the test: a share of the groups (or classes, see `divideBy`), drawn by `seed`, or a list of their names. A class is named as its folder, or `group/class` where there are several groups.
   */
  test: number | string[];
  /**
   * Seed of the division.
   */
  seed: number;
  imageSize: ImageSize;
  sourceSize?: SourceSize;
  inkGain: InkGain;
}
/**
 * Emoji: 1,377 classes, each drawn by four designers (Apple, Google, Twitter, Facebook), in colour; from npm's emoji-datasource packages 16.0.0. 400 classes for the test, 200 for validation, of the others as many as wanted for training. A drawer is a designer: episodes `within-alphabet` have their support by one and the query by another.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "dataEmoji".
 */
export interface DataEmoji {
  /**
   * Emoji.
   */
  dataset: 'emoji';
  /**
   * The folder that holds the four packages. Without it: the environment variable ONESHOT_DATA, then the folder of `oneshot data`. Relative to the file it stands in.
   */
  path?: string;
  /**
   * Classes for training.
   */
  trainClasses: number;
  /**
   * Colour behind the drawings.
   */
  background: string;
  imageSize: ImageSize;
  sourceSize?: SourceSize;
}
/**
 * Random changes of the training pictures.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "augmentation".
 */
export interface Augmentation {
  affine?: Affine;
  elastic?: Elastic;
  dilation?: Dilation;
  strokes?: Strokes;
  colorJitter?: ColorJitter;
  /**
   * Probability that a distorted picture is mirrored, left for right. For things that look the same from both sides; not for characters.
   */
  flip?: number;
  /**
   * Characters rotated by 90, 180 and 270 degrees count as characters of their own (one angle for all characters of an alphabet in a batch). Not for task `verification`.
   */
  rotationClasses: boolean;
}
/**
 * Random affine distortion about the picture's centre (Koch et al. 2015, section 3.2): rotation, shear, scale and translation, each included with `componentProbability`. The two pictures of a pair are distorted independently; new pixels are paper.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "affine".
 */
export interface Affine {
  /**
   * Distorted copies of each pair or picture, besides the one as drawn: an epoch is 1 + copies times as long. The paper uses 8. Excludes `probability`.
   */
  copies?: number;
  /**
   * Probability that a picture is distorted each time it is used: the on-the-fly equivalent of `copies` (8 copies are 8/9 = 0.89). Excludes `copies`; 1 when both are left out.
   */
  probability?: number;
  /**
   * Probability that each component (rotation, each shear, each scale, each translation) takes part.
   */
  componentProbability: number;
  /**
   * Rotation drawn uniformly from [-r, r].
   */
  rotationDegrees: number;
  /**
   * Shear factors drawn uniformly from [-s, s] for each axis: a shift of s times the distance from the centre.
   */
  shear: number;
  /**
   * Scale factors of each axis drawn uniformly from [low, high].
   *
   * @minItems 2
   * @maxItems 2
   */
  scale: [number, number];
  /**
   * Translation along each axis drawn uniformly from [-t, t], in pixels of `data.imageSize`.
   */
  translationPixels: number;
}
/**
 * Smooth random displacement: a coarse grid of normal displacements, interpolated bicubically.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "elastic".
 */
export interface Elastic {
  /**
   * Rows and columns of the coarse grid.
   */
  grid: number;
  /**
   * Standard deviation of the displacement at the grid's points.
   */
  standardDeviation: number;
}
/**
 * Strokes made wider, as by a thicker pen: grey dilation of the ink by a disc. For pictures of ink that are to be recognised beside others drawn with another pen.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "dilation".
 */
export interface Dilation {
  /**
   * Radius of the disc, drawn uniformly from [low, high]; 0 leaves strokes as they are.
   *
   * @minItems 2
   * @maxItems 2
   */
  radius: [number, number];
}
/**
 * Training pictures drawn anew from their strokes, as other hands might: each picture is read as strokes once (they are kept in the user's cache), then shapes, scales and places of strokes are moved by the token noise of Lake et al. 2015. For pictures of ink; one that cannot be read as strokes keeps its ink, as do the copies of test-time augmentation.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "strokes".
 */
export interface Strokes {
  /**
   * Part of the distorted pictures that are drawn anew; the others keep their ink.
   */
  probability: number;
  /**
   * Factor on the noise of control points, scales and starts; 1: as learned from Omniglot's background drawers.
   */
  tokenNoise: number;
  /**
   * Factor on the noise of the whole drawing's scales and shift; 1: as learned from Omniglot's background drawers. 0 where `affine` does that already.
   */
  affineNoise: number;
}
/**
 * Random changes of the colours of each distorted picture, in a random order (torchvision's ColorJitter). For `data.color: rgb`.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "colorJitter".
 */
export interface ColorJitter {
  /**
   * Factors between 1 - this and 1 + this on red, green and blue.
   */
  brightness: number;
  /**
   * Factors between 1 - this and 1 + this on the distance from the picture's mean grey.
   */
  contrast: number;
  /**
   * Factors between 1 - this and 1 + this on the distance from grey.
   */
  saturation: number;
  /**
   * Hues turn by at most this part of the circle.
   */
  hue: number;
}
/**
 * The network.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "model".
 */
export interface Model {
  /**
   * The layers that turn a picture [imageSize, imageSize, 1] into an embedding, first to last. What is left of height and width at the end is flattened.
   */
  encoder: Layer[];
  head: Head;
  initialWeights?: InitialWeights;
}
/**
 * Two-dimensional convolution.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerConv".
 */
export interface LayerConv {
  /**
   * Two-dimensional convolution.
   */
  type: 'conv';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Output channels.
   */
  filters: number;
  /**
   * Height and width of the kernel: one number, or [height, width].
   *
   * @minItems 2
   * @maxItems 2
   */
  kernelSize: number | [number, number];
  /**
   * Step of the kernel: one number, or [rows, columns].
   *
   * @minItems 2
   * @maxItems 2
   */
  stride: number | [number, number];
  /**
   * `valid`: no padding, the output shrinks; `same`: zeros are added so that the output has ceil(input / stride) rows and columns.
   */
  padding: 'valid' | 'same';
  /**
   * Whether a bias is added to each output channel.
   */
  useBias: boolean;
  weightInitializer: Initializer;
  biasInitializer: Initializer;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
  /**
   * L2 penalty of this layer's weights (not of its biases); the optimizer's when left out (Koch et al. 2015: per layer, in [0, 0.1]).
   */
  l2?: number;
}
/**
 * All 0.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerZeros".
 */
export interface InitializerZeros {
  /**
   * All 0.
   */
  type: 'zeros';
}
/**
 * All the same value.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerConstant".
 */
export interface InitializerConstant {
  /**
   * All the same value.
   */
  type: 'constant';
  /**
   * The value.
   */
  value: number;
}
/**
 * Normal distribution.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerNormal".
 */
export interface InitializerNormal {
  /**
   * Normal distribution.
   */
  type: 'normal';
  /**
   * Mean.
   */
  mean: number;
  /**
   * Standard deviation.
   */
  standardDeviation: number;
}
/**
 * Normal distribution with variance 2 / fan-in (He et al. 2015).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerHeNormal".
 */
export interface InitializerHeNormal {
  /**
   * Normal distribution with variance 2 / fan-in (He et al. 2015).
   */
  type: 'heNormal';
}
/**
 * Uniform distribution with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerGlorotUniform".
 */
export interface InitializerGlorotUniform {
  /**
   * Uniform distribution with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010).
   */
  type: 'glorotUniform';
}
/**
 * Normal distribution without its tails: what lies more than two standard deviations from the mean is drawn again.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerTruncatedNormal".
 */
export interface InitializerTruncatedNormal {
  /**
   * Normal distribution without its tails.
   */
  type: 'truncatedNormal';
  /**
   * Mean.
   */
  mean: number;
  /**
   * Standard deviation.
   */
  standardDeviation: number;
}
/**
 * Uniform distribution over [low, high).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerUniform".
 */
export interface InitializerUniform {
  /**
   * Uniform distribution.
   */
  type: 'uniform';
  /**
   * Lower end.
   */
  low: number;
  /**
   * Upper end, not below the lower one.
   */
  high: number;
}
/**
 * Uniform distribution with variance 2 / fan-in (He et al. 2015).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerHeUniform".
 */
export interface InitializerHeUniform {
  /**
   * Uniform distribution with variance 2 / fan-in (He et al. 2015).
   */
  type: 'heUniform';
}
/**
 * Normal distribution with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerGlorotNormal".
 */
export interface InitializerGlorotNormal {
  /**
   * Normal distribution with variance 2 / (fan-in + fan-out) (Glorot and Bengio 2010).
   */
  type: 'glorotNormal';
}
/**
 * Normal distribution with variance 1 / fan-in (LeCun et al. 1998).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initializerLecunNormal".
 */
export interface InitializerLecunNormal {
  /**
   * Normal distribution with variance 1 / fan-in (LeCun et al. 1998).
   */
  type: 'lecunNormal';
}
/**
 * Fully connected layer; pictures are flattened first.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerDense".
 */
export interface LayerDense {
  /**
   * Fully connected layer; pictures are flattened first.
   */
  type: 'dense';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Output numbers.
   */
  units: number;
  /**
   * Whether a bias is added to each output.
   */
  useBias: boolean;
  weightInitializer: Initializer;
  biasInitializer: Initializer;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
  /**
   * L2 penalty of this layer's weights (not of its biases); the optimizer's when left out (Koch et al. 2015: per layer, in [0, 0.1]).
   */
  l2?: number;
}
/**
 * Batch normalisation over all axes but the last (Ioffe and Szegedy 2015): the batch's statistics in training, running ones in evaluation.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerBatchNorm".
 */
export interface LayerBatchNorm {
  /**
   * Batch normalisation over all axes but the last (Ioffe and Szegedy 2015): the batch's statistics in training, running ones in evaluation.
   */
  type: 'batchNorm';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Added to the variance.
   */
  epsilon: number;
  /**
   * How much of the running statistics stays at each step.
   */
  statisticsMomentum: number;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
}
/**
 * max(0, x).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerRelu".
 */
export interface LayerRelu {
  /**
   * max(0, x).
   */
  type: 'relu';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
}
/**
 * 1 / (1 + exp(-x)).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerSigmoid".
 */
export interface LayerSigmoid {
  /**
   * 1 / (1 + exp(-x)).
   */
  type: 'sigmoid';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
}
/**
 * The largest value of each window.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerMaxPool".
 */
export interface LayerMaxPool {
  /**
   * The largest value of each window.
   */
  type: 'maxPool';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Height and width of the window: one number, or [height, width].
   *
   * @minItems 2
   * @maxItems 2
   */
  size: number | [number, number];
  /**
   * Step of the window; its size when left out.
   *
   * @minItems 2
   * @maxItems 2
   */
  stride?: number | [number, number];
  /**
   * `valid`: no padding, the output shrinks; `same`: zeros are added so that the output has ceil(input / stride) rows and columns.
   */
  padding: 'valid' | 'same';
}
/**
 * [height, width, channels] to one vector.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerFlatten".
 */
export interface LayerFlatten {
  /**
   * [height, width, channels] to one vector.
   */
  type: 'flatten';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
}
/**
 * Sets numbers to 0 at random in training and scales the others by 1 / (1 - rate) (Srivastava et al. 2014).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerDropout".
 */
export interface LayerDropout {
  /**
   * Sets numbers to 0 at random in training and scales the others by 1 / (1 - rate) (Srivastava et al. 2014).
   */
  type: 'dropout';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Probability that a number is set to 0.
   */
  rate: number;
}
/**
 * The mean of each window; what padding adds does not count.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerAvgPool".
 */
export interface LayerAvgPool {
  /**
   * The mean of each window.
   */
  type: 'avgPool';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Height and width of the window: one number, or [height, width].
   *
   * @minItems 2
   * @maxItems 2
   */
  size: number | [number, number];
  /**
   * Step of the window; its size when left out.
   *
   * @minItems 2
   * @maxItems 2
   */
  stride?: number | [number, number];
  /**
   * `valid`: no padding, the output shrinks; `same`: zeros are added so that the output has ceil(input / stride) rows and columns.
   */
  padding: 'valid' | 'same';
}
/**
 * The mean of each channel over the whole picture: [height, width, channels] to a vector of channels (Lin et al. 2014).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerGlobalAveragePool".
 */
export interface LayerGlobalAveragePool {
  /**
   * The mean of each channel over the whole picture.
   */
  type: 'globalAveragePool';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
}
/**
 * x where x > 0, otherwise slope x (Maas et al. 2013).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerLeakyRelu".
 */
export interface LayerLeakyRelu {
  /**
   * x where x > 0, otherwise slope x.
   */
  type: 'leakyRelu';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Slope below 0.
   */
  slope: number;
}
/**
 * Hyperbolic tangent.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerTanh".
 */
export interface LayerTanh {
  /**
   * Hyperbolic tangent.
   */
  type: 'tanh';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
}
/**
 * Residual block: what its layers make of the input, plus the input (He et al. 2016). Where they change the shape, the input goes through a 1x1 convolution without bias, with the stride that fits, or through a matrix where it is a vector (their option B). An activation after the sum is a layer of its own, after the block.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerResidual".
 */
export interface LayerResidual {
  /**
   * Residual block.
   */
  type: 'residual';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * The layers whose output is added to their input. Key paths go through them: `model.encoder[block1].layers[0].filters`.
   */
  layers: Layer[];
  projectionInitializer: Initializer;
}
/**
 * Depthwise convolution: each channel has filters of its own (Howard et al. 2017).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerDepthwiseConv".
 */
export interface LayerDepthwiseConv {
  /**
   * Depthwise convolution.
   */
  type: 'depthwiseConv';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Output channels for each input channel.
   */
  multiplier: number;
  /**
   * Height and width of the kernel: one number, or [height, width].
   *
   * @minItems 2
   * @maxItems 2
   */
  kernelSize: number | [number, number];
  /**
   * Step of the kernel: one number, or [rows, columns].
   *
   * @minItems 2
   * @maxItems 2
   */
  stride: number | [number, number];
  /**
   * `valid`: no padding, the output shrinks; `same`: zeros are added so that the output has ceil(input / stride) rows and columns.
   */
  padding: 'valid' | 'same';
  /**
   * Whether a bias is added to each output channel.
   */
  useBias: boolean;
  weightInitializer: Initializer;
  biasInitializer: Initializer;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
  /**
   * L2 penalty of this layer's weights (not of its biases); the optimizer's when left out (Koch et al. 2015: per layer, in [0, 0.1]).
   */
  l2?: number;
}
/**
 * Rectified linear unit that stops at 6: min(max(0, x), 6) (Krizhevsky 2010).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerRelu6".
 */
export interface LayerRelu6 {
  /**
   * Rectified linear unit that stops at 6.
   */
  type: 'relu6';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
}
/**
 * What reaches it, less its mean over the training pictures, and with their covariance taken out where asked for: what all pictures share tells no class (Wang et al. 2019). Measured once before training; flattens.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerCenter".
 */
export interface LayerCenter {
  /**
   * Embeddings relative to those of the training pictures.
   */
  type: 'center';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * Whether the covariance over the training pictures is taken out as well.
   */
  whiten: boolean;
  /**
   * With `whiten`: how far the covariance is drawn towards a multiple of the identity (Ledoit and Wolf 2004).
   */
  shrinkage: number;
}
/**
 * A network whose weights were learned elsewhere, on photographs, as one layer: from pictures (colour, or ink as black on white) to an embedding. Frozen, or with its last units learning on. `oneshot data fetch efficientnet-lite0` brings the weights.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerPretrained".
 */
export interface LayerPretrained {
  /**
   * A network whose weights were learned elsewhere.
   */
  type: 'pretrained';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * `efficientnet-lite0`: 3.4 million weights from ImageNet (Tan and Le 2019; Apache-2.0), 1,280 numbers; pictures of 96 to 224 pixels suit it.
   */
  network: 'efficientnet-lite0';
  /**
   * How many of its last units learn on: 0 none, the network is frozen; 18 all. The units of efficientnet-lite0 are a stem, 16 blocks and a last convolution.
   */
  trainLast: number;
  /**
   * Learning rate of its last unit; the optimizer's when left out.
   */
  learningRate?: number;
  /**
   * With `learningRate`: each unit before learns at this factor of the rate of the next one (Howard and Ruder 2018).
   */
  rateDecay: number;
}
/**
 * A network of your own in an ONNX file (DINOv2, CLIP's picture side, MobileNet, or one that `oneshot export` wrote) as the first layer: from pictures (colour, or ink as black on white) to embeddings. Frozen; run as it is by ONNX Runtime.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "layerFile".
 */
export interface LayerFile {
  /**
   * A network of your own, in a file.
   */
  type: 'file';
  /**
   * A name for this layer, unique in its encoder: used in key paths (`model.encoder[conv1].filters`), metrics and weights. `TYPE` and its position when left out.
   */
  name?: string;
  /**
   * The ONNX file, relative to this file. Its content counts, not where it lies.
   */
  path: string;
  /**
   * SHA-256 of the file: another one is an error. Filled in when left out.
   */
  digest?: string;
  /**
   * Name of the output that is read (`pooler_output`, `image_embeds`); the first that is a vector for each picture when left out.
   */
  output?: string;
  /**
   * Where the output is many vectors for a picture: `first` of them (the class token of a vision transformer), their `mean`, or all of them one behind the other (`flatten`).
   */
  pool?: 'first' | 'mean' | 'flatten';
  /**
   * Subtracted from red, green and blue in [0, 1]; a single number where the network takes ink. From a `preprocessor_config.json` beside the file, or in the folder above, when left out; nothing for a file that `oneshot export` wrote.
   */
  mean?: number[];
  /**
   * What red, green and blue are divided by after that; from the same file when left out.
   */
  std?: number[];
  /**
   * Order of the input's axes after the batch: channels, height, width (`nchw`, as PyTorch has it) or height, width, channels (`nhwc`); told by the file when left out.
   */
  layout?: 'nchw' | 'nhwc';
  /**
   * Numbers of an embedding, where the file does not say.
   */
  units?: number;
}
/**
 * Weighted L1 distance: logit = bias + sum of weight_j |h1_j - h2_j|, probability = sigmoid(logit) (Koch et al. 2015, section 3.1).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "headWeightedL1".
 */
export interface HeadWeightedL1 {
  /**
   * Weighted L1 distance.
   */
  type: 'weightedL1';
  weightInitializer: Initializer;
  biasInitializer: Initializer;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
  /**
   * L2 penalty of this layer's weights (not of its biases); the optimizer's when left out (Koch et al. 2015: per layer, in [0, 0.1]).
   */
  l2?: number;
}
/**
 * L1 distance: logit = bias - scale x sum of |h1_j - h2_j|, with bias and scale learned.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "headL1".
 */
export interface HeadL1 {
  /**
   * L1 distance.
   */
  type: 'l1';
  /**
   * Factor on the distance at the start; learned.
   */
  scale: number;
  /**
   * Bias of the logit at the start; learned.
   */
  bias: number;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
}
/**
 * Euclidean distance, or its square: logit = bias - scale x distance, with bias and scale learned (squared: prototypical networks, Snell et al. 2017).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "headL2".
 */
export interface HeadL2 {
  /**
   * Euclidean distance, or its square.
   */
  type: 'l2';
  /**
   * Whether the distance is squared.
   */
  squared: boolean;
  /**
   * Factor on the distance at the start; learned.
   */
  scale: number;
  /**
   * Bias of the logit at the start; learned.
   */
  bias: number;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
}
/**
 * Cosine of the angle between the embeddings: logit = bias + scale x cosine, with bias and scale learned. Its distance is 1 - cosine.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "headCosine".
 */
export interface HeadCosine {
  /**
   * Cosine of the angle between the embeddings.
   */
  type: 'cosine';
  /**
   * Factor on the cosine at the start; learned.
   */
  scale: number;
  /**
   * Bias of the logit at the start; learned.
   */
  bias: number;
  /**
   * Learning rate of this layer; the optimizer's when left out. Koch et al. 2015 tune it per layer in [1e-4, 1e-1].
   */
  learningRate?: number;
  /**
   * Momentum that this layer ends at; the optimizer's when left out (Koch et al. 2015: per layer, in [0, 1]).
   */
  momentum?: number;
}
/**
 * Weights that another network has learned, to begin with instead of drawn ones, layer by layer. Without `training` the network is measured as it is: `oneshot evaluate` writes that. Weights are the same when their numbers are: where they lie changes no fingerprint.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "initialWeights".
 */
export interface InitialWeights {
  /**
   * The folder of a finished run, whose best weights are taken; or `file`. Relative to the file it stands in.
   */
  run?: string;
  /**
   * A file that `oneshot export --format safetensors` wrote; or `run`. Relative to the file it stands in.
   */
  file?: string;
  /**
   * SHA-256 of all weights there, as `oneshot export --json` names it (`weightHash`): other ones are an error. Filled in when left out.
   */
  digest?: string;
  /**
   * Layers that get them, by name, and `head`; they must have the same names and shapes there. When left out: all that have weights.
   */
  layers?: string[];
  /**
   * Those of them that learn nothing more, by name: neither their weights nor, in batch normalisation, their statistics change.
   */
  frozen: string[];
}
/**
 * How the network is trained.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "training".
 */
export interface Training {
  task: Task;
  /**
   * Pairs of a batch (task `verification`, 128 when left out), or pictures of it (task `classification`, 256 when left out). Tasks `allPairs` and `episodes` make their batch of alphabets x characters x drawers pictures; leave it out there.
   */
  batchSize?: number;
  /**
   * How much is computed at once: pairs (task `verification`), alphabets, each with its characters x drawers pictures (tasks `allPairs` and `episodes`), or pictures (task `classification`). Gradients are summed over a batch, which gives the same step in less memory. `auto` chooses by the memory that the network needs. Batch normalisation sees micro-batches, so it needs whole batches.
   */
  microBatchSize: number | string;
  /**
   * Steps of an epoch. When left out: as many as use every pair once (and every copy), or for the other tasks as many pictures as the training selection has (four times as many with rotationClasses).
   */
  stepsPerEpoch?: number;
  /**
   * Loss of the tasks `verification` and `allPairs`; the others have the cross-entropy of their classes. `binaryCrossEntropy`: of the pair's probability (Koch et al. 2015, section 3.2, with the minus sign that is missing there). `contrastive`: distance^2 of same pairs, max(0, margin - distance)^2 of different ones (Hadsell et al. 2006). `triplet`: max(0, distance to the same - distance to another + margin) (Schroff et al. 2015; task `allPairs`). The last two need a head that is a distance: `l1`, `l2`, `cosine`.
   */
  loss: 'binaryCrossEntropy' | 'contrastive' | 'triplet';
  /**
   * Margin of the losses `contrastive` and `triplet`, in units of the head's distance; 1 when left out.
   */
  margin?: number;
  optimizer: Optimizer;
  schedule: Schedule;
  /**
   * Exponential moving average of the weights; evaluation and the best checkpoint use it.
   */
  averaging?: {
    /**
     * How much of the average stays at each step; at first less: min(decay, (1 + n) / (10 + n)) after n steps, so that a short training does not average over its start.
     */
    decay: number;
  };
  /**
   * Shrinks the gradient of a step where it is too long.
   */
  gradientClipping?: {
    /**
     * The largest length of the gradient of all parameters together (Pascanu et al. 2013).
     */
    globalNorm: number;
  };
  /**
   * Epochs at most; 0 evaluates the network as initialised.
   */
  maxEpochs: number;
  validation?: Validation;
  /**
   * Stops training when a metric has not improved for a while; the best epoch is restored.
   */
  earlyStopping?: {
    /**
     * The metric that is watched: `validation/one-shot-accuracy` (higher is better) or `train/loss` (lower is better).
     */
    metric: string;
    /**
     * Epochs without improvement after which training stops (Koch et al. 2015: 20).
     */
    patienceEpochs: number;
  };
  /**
   * Time between two checkpoints within an epoch; there is one at the end of every epoch as well.
   */
  checkpointEveryMinutes: number;
}
/**
 * Pairs of pictures, same character or not (Koch et al. 2015, section 4.2).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "taskVerification".
 */
export interface TaskVerification {
  /**
   * Pairs.
   */
  type: 'verification';
  /**
   * The pairs.
   */
  pairs: {
    /**
     * How many pairs are drawn, half of them of the same character; the same number from each alphabet, give or take one.
     */
    count: number;
    /**
     * `never`: one set, drawn before training; `everyEpoch`: a new set each epoch.
     */
    redraw: 'never' | 'everyEpoch';
    /**
     * Where the two characters of a different pair come from. The paper does not say.
     */
    different: 'within-alphabet' | 'anywhere';
  };
}
/**
 * Batches of characters x drawers in which every two pictures of one group are a pair: each picture is embedded once and meets all others of its group.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "taskAllPairs".
 */
export interface TaskAllPairs {
  /**
   * All pairs of a batch.
   */
  type: 'allPairs';
  /**
   * Groups in a batch, an alphabet each. An alphabet with too few characters is filled up from another.
   */
  alphabets: number;
  /**
   * Characters of each group.
   */
  characters: number;
  /**
   * Pictures of each character, by different drawers.
   */
  drawers: number;
  /**
   * How the pairs of different characters count: `hard`: those of one picture by the softmax of their logits, so that the most confused count most; `balanced`: all the same. Same and different pairs make up half of the loss each.
   */
  negatives: 'hard' | 'balanced';
}
/**
 * Which character of the training selection a picture shows, among all of them (four times as many with rotationClasses), in batches drawn at random. The classifier is left behind after training: new characters are compared by the head.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "taskClassification".
 */
export interface TaskClassification {
  /**
   * Classes of the training selection.
   */
  type: 'classification';
  /**
   * The logit of a class: `cosine`: scale x cosine of the angle between the embedding and the vector of the class; `linear`: their product and a bias.
   */
  softmax: 'cosine' | 'linear';
  /**
   * Factor on the cosine.
   */
  scale: number;
}
/**
 * Prototypical networks (Snell et al. 2017): in batches as of `allPairs`, `shots` pictures of each character make its prototype, the mean of their embeddings, and the other pictures of the group are told apart by the head (`l2` with `squared: true` in the paper). Each drawer takes part in the support in turn.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "taskEpisodes".
 */
export interface TaskEpisodes {
  /**
   * Support and queries in each batch.
   */
  type: 'episodes';
  /**
   * Groups in a batch, an alphabet each. An alphabet with too few characters is filled up from another.
   */
  alphabets: number;
  /**
   * Characters of each group.
   */
  characters: number;
  /**
   * Pictures of each character, by different drawers.
   */
  drawers: number;
  /**
   * Pictures of each character in the support; fewer than `drawers`.
   */
  shots: number;
  /**
   * A second loss: cosine classification among all characters of the training selection (four times as many with rotationClasses).
   */
  classHead?: {
    /**
     * Factor on this loss.
     */
    weight: number;
    /**
     * Factor on the cosine.
     */
    scale: number;
  };
}
/**
 * Stochastic gradient descent with momentum (Koch et al. 2015, section 3.2): v = m v - rate gradient; w = w + v.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "optimizerSgd".
 */
export interface OptimizerSgd {
  /**
   * Stochastic gradient descent with momentum.
   */
  type: 'sgd';
  /**
   * Learning rate at the start.
   */
  learningRate: number;
  /**
   * Momentum: a number, or a linear ramp {from, to, rampEpochs} that reaches a layer's own momentum (or `to`) after `rampEpochs`.
   */
  momentum:
    | number
    | {
        /**
         * Momentum in the first epoch.
         */
        from: number;
        /**
         * Momentum at the end of the ramp, where a layer sets none.
         */
        to: number;
        /**
         * Length of the ramp (not stated in the paper).
         */
        rampEpochs: number;
      };
  /**
   * L2 penalty.
   */
  l2: {
    /**
     * Penalty lambda of lambda w^2, where a layer sets none.
     */
    value: number;
    /**
     * `coupled`: 2 lambda w is added to the gradient, so that rate and momentum act on it; `decoupled`: w shrinks by 2 lambda rate w beside the step.
     */
    coupling: 'coupled' | 'decoupled';
  };
}
/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "optimizerAdamW".
 */
export interface OptimizerAdamW {
  /**
   * Adam with decoupled weight decay.
   */
  type: 'adamW';
  /**
   * Learning rate at the start.
   */
  learningRate: number;
  /**
   * Decay of the first moment.
   */
  beta1: number;
  /**
   * Decay of the second moment.
   */
  beta2: number;
  /**
   * Added to the root of the second moment.
   */
  epsilon: number;
  /**
   * Decay of matrices and kernels, not of biases and normalisation: w shrinks by rate x decay x w at each step.
   */
  weightDecay: number;
}
/**
 * Adam (Kingma and Ba 2015) with an L2 penalty through the gradient, as Keras has it: the penalty is scaled by the moments like the gradient itself. `adamW` keeps them apart.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "optimizerAdam".
 */
export interface OptimizerAdam {
  /**
   * Adam.
   */
  type: 'adam';
  /**
   * Learning rate at the start.
   */
  learningRate: number;
  /**
   * Decay of the first moment.
   */
  beta1: number;
  /**
   * Decay of the second moment.
   */
  beta2: number;
  /**
   * Added to the root of the second moment.
   */
  epsilon: number;
  /**
   * Penalty lambda of lambda w^2 on matrices and kernels, where a layer sets none.
   */
  l2: number;
}
/**
 * The rate stays.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "scheduleConstant".
 */
export interface ScheduleConstant {
  /**
   * The rate stays.
   */
  type: 'constant';
}
/**
 * rate x decayPerEpoch^epoch.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "scheduleExponential".
 */
export interface ScheduleExponential {
  /**
   * rate x decayPerEpoch^epoch.
   */
  type: 'exponential';
  /**
   * Factor per epoch (Koch et al. 2015: 0.99).
   */
  decayPerEpoch: number;
}
/**
 * The rate is multiplied by `factor` every `everyEpochs` epochs.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "scheduleStep".
 */
export interface ScheduleStep {
  /**
   * The rate is multiplied by `factor` every `everyEpochs` epochs.
   */
  type: 'step';
  /**
   * Epochs between two steps.
   */
  everyEpochs: number;
  /**
   * Factor at each step.
   */
  factor: number;
}
/**
 * Linear warm-up from 0, then half a cosine down to `finalFraction` of the rate at the last step (Loshchilov and Hutter 2017).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "scheduleCosine".
 */
export interface ScheduleCosine {
  /**
   * Linear warm-up from 0, then half a cosine down to `finalFraction` of the rate at the last step (Loshchilov and Hutter 2017).
   */
  type: 'cosine';
  /**
   * Part of all steps that is warm-up.
   */
  warmupFraction: number;
  /**
   * Part of the rate that is left at the last step.
   */
  finalFraction: number;
}
/**
 * One cycle (Smith and Topin 2018), with cosines: up from `startFraction` of the rate to all of it, then down to `finalFraction` at the last step.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "scheduleOneCycle".
 */
export interface ScheduleOneCycle {
  /**
   * One cycle.
   */
  type: 'oneCycle';
  /**
   * Part of all steps that goes up.
   */
  warmupFraction: number;
  /**
   * Part of the rate at the first step.
   */
  startFraction: number;
  /**
   * Part of the rate at the last step.
   */
  finalFraction: number;
}
/**
 * One-shot evaluation on the validation selection during training.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "validation".
 */
export interface Validation {
  /**
   * As in `evaluation`.
   */
  protocol: 'within-alphabet' | 'cross-alphabet';
  /**
   * Classes of an episode.
   */
  nWay: number;
  /**
   * Pictures of each class in the support set.
   */
  kShot: number;
  /**
   * How many answers (the n of the accuracy): a multiple of nWay. The paper uses 320.
   */
  queries: number;
  /**
   * Epochs between two validations.
   */
  everyEpochs: number;
  /**
   * Seed of the episodes. The same for all trials unless it is swept, so that comparisons are paired.
   */
  seed: number;
}
/**
 * The 20 official 20-way one-shot runs of Lake et al. (400 queries): two for each of 10 evaluation alphabets. Data set `omniglot` only.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "protocolLakeRuns".
 */
export interface ProtocolLakeRuns {
  /**
   * Lake's 20 runs.
   */
  protocol: 'lake-runs';
  testTimeAugmentation?: TestTimeAugmentation;
  assignment?: Assignment;
}
/**
 * Test-time augmentation: the embedding of a picture is the mean over itself and distorted copies of it (with the distortions of `augmentation`).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "testTimeAugmentation".
 */
export interface TestTimeAugmentation {
  /**
   * Distorted copies; 0 with `rotations` alone.
   */
  copies: number;
  /**
   * Two pictures are also compared with both turned by 90, 180 and 270 degrees; their score is the mean of the four. Takes four times as long, and is worth most for networks that were trained with `augmentation.rotationClasses`.
   */
  rotations?: boolean;
  /**
   * Factor on the ranges of the distortions.
   */
  strength: number;
}
/**
 * Episodes whose classes come from one alphabet; the support pictures by k drawers, the queries by another one (Koch et al. 2015, section 4.3).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "protocolWithinAlphabet".
 */
export interface ProtocolWithinAlphabet {
  /**
   * Classes of one alphabet.
   */
  protocol: 'within-alphabet';
  /**
   * Classes of an episode. One number, or a list: every combination is evaluated.
   */
  nWay: number | number[];
  /**
   * Pictures of each class in the support set. One number, or a list: every combination is evaluated.
   */
  kShot: number | number[];
  /**
   * How many episodes; each has `queriesPerClass` queries of every class. 20 when `queries` is left out as well.
   */
  episodes?: number;
  /**
   * How many answers in all (the n of the accuracy), instead of `episodes`: a multiple of every nWay times `queriesPerClass`.
   */
  queries?: number;
  /**
   * Queries of each class in an episode; 1 when left out.
   */
  queriesPerClass?: number;
  /**
   * Which part of the split the pictures come from.
   */
  selection: 'train' | 'validation' | 'test';
  /**
   * Seed of the episodes. The same for all trials, so that comparisons are paired.
   */
  seed: number;
  testTimeAugmentation?: TestTimeAugmentation;
  assignment?: Assignment;
  mistakes?: Mistakes;
}
/**
 * Episodes whose classes come from all alphabets of the selection, and whose pictures come from any drawers: the easier, unstructured protocol of Vinyals et al. 2016.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "protocolCrossAlphabet".
 */
export interface ProtocolCrossAlphabet {
  /**
   * Classes of all alphabets.
   */
  protocol: 'cross-alphabet';
  /**
   * Classes of an episode. One number, or a list: every combination is evaluated.
   */
  nWay: number | number[];
  /**
   * Pictures of each class in the support set. One number, or a list: every combination is evaluated.
   */
  kShot: number | number[];
  /**
   * How many episodes; each has `queriesPerClass` queries of every class. 20 when `queries` is left out as well.
   */
  episodes?: number;
  /**
   * How many answers in all (the n of the accuracy), instead of `episodes`: a multiple of every nWay times `queriesPerClass`.
   */
  queries?: number;
  /**
   * Queries of each class in an episode; 1 when left out.
   */
  queriesPerClass?: number;
  /**
   * Which part of the split the pictures come from.
   */
  selection: 'train' | 'validation' | 'test';
  /**
   * Seed of the episodes. The same for all trials, so that comparisons are paired.
   */
  seed: number;
  testTimeAugmentation?: TestTimeAugmentation;
  assignment?: Assignment;
  mistakes?: Mistakes;
}
/**
 * Accuracy on classes that were trained on, by other pictures: every test picture is asked for once, among all classes that the test shares with training; the support are training pictures. Needs `data.divideBy: pictures`, or folders train and test with the same classes. No figure on unseen classes, and its interval holds for the support that was drawn.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "protocolClosedSet".
 */
export interface ProtocolClosedSet {
  /**
   * Known classes, other pictures.
   */
  protocol: 'closed-set';
  /**
   * Training pictures of each class in the support set. One number, or a list.
   */
  kShot: number | number[];
  /**
   * Seed of the support set. The same for all trials, so that comparisons are paired.
   */
  seed: number;
  testTimeAugmentation?: TestTimeAugmentation;
}
/**
 * Episodes of digits from MNIST's test files, for a network that was trained on other pictures: upsampled to `data.imageSize`, without further training (Koch et al. 2015, section 4.4 and Table 3: 10 ways, 400 queries). MNIST lies where the data set does.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "protocolMnist".
 */
export interface ProtocolMnist {
  /**
   * Digits of MNIST.
   */
  protocol: 'mnist';
  /**
   * Classes of an episode. One number, or a list: every combination is evaluated.
   */
  nWay: number | number[];
  /**
   * Pictures of each class in the support set. One number, or a list: every combination is evaluated.
   */
  kShot: number | number[];
  /**
   * How many episodes; each has one query of every class. 20 when `queries` is left out as well.
   */
  episodes?: number;
  /**
   * How many answers in all (the n of the accuracy), instead of `episodes`: a multiple of every nWay.
   */
  queries?: number;
  /**
   * Seed of the episodes. The same for all trials, so that comparisons are paired.
   */
  seed: number;
  testTimeAugmentation?: TestTimeAugmentation;
  assignment?: Assignment;
}
/**
 * Pairs of pictures, same character or not, drawn as for training (Koch et al. 2015, section 4.2 and Table 1: 10,000 pairs). Accuracy at a threshold that was fixed before, and the area under the ROC curve, which needs none.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "protocolVerification".
 */
export interface ProtocolVerification {
  /**
   * Pairs, same character or not.
   */
  protocol: 'verification';
  /**
   * How many pairs, half of them of the same character; the same number from each alphabet, give or take one.
   */
  pairs: number;
  /**
   * Where the two characters of a different pair come from. The paper does not say.
   */
  different: 'within-alphabet' | 'anywhere';
  /**
   * From which score on a pair counts as the same character. `from-validation`: where as many pairs of the validation selection are told apart best, for each system; or the probability of the network, without baselines then. Never chosen on the pairs that are measured.
   */
  threshold: string | number;
  /**
   * Which part of the split the pictures come from.
   */
  selection: 'train' | 'validation' | 'test';
  /**
   * Seed of the pairs. The same for all trials, so that comparisons are paired.
   */
  seed: number;
  testTimeAugmentation?: TestTimeAugmentation;
}
/**
 * Nearest neighbour by Euclidean distance of pixels.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineNearestNeighbourEuclidean".
 */
export interface BaselineNearestNeighbourEuclidean {
  /**
   * Nearest neighbour by Euclidean distance of pixels.
   */
  type: 'nearestNeighbourEuclidean';
}
/**
 * Nearest neighbour by the cosine of ink.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineNearestNeighbourCosine".
 */
export interface BaselineNearestNeighbourCosine {
  /**
   * Nearest neighbour by the cosine of ink.
   */
  type: 'nearestNeighbourCosine';
}
/**
 * Nearest neighbour by the best cosine over 27 rotated, sheared and scaled copies of each support picture.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineNearestNeighbourAffine".
 */
export interface BaselineNearestNeighbourAffine {
  /**
   * Nearest neighbour by the best cosine over 27 rotated, sheared and scaled copies of each support picture.
   */
  type: 'nearestNeighbourAffine';
}
/**
 * Nearest neighbour by the modified Hausdorff distance of ink (Dubuisson and Jain 1994), centres on one another.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineModifiedHausdorff".
 */
export interface BaselineModifiedHausdorff {
  /**
   * Nearest neighbour by the modified Hausdorff distance of ink (Dubuisson and Jain 1994), centres on one another.
   */
  type: 'modifiedHausdorff';
}
/**
 * Nearest neighbour by elastic matching of ink points: points of ink are drawn onto those of the other drawing by a smooth warp, in both directions; what remains apart and how much was bent is the distance. Nothing is learned.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineElasticMatching".
 */
export interface BaselineElasticMatching {
  /**
   * Nearest neighbour by elastic matching of ink points.
   */
  type: 'elasticMatching';
  name?: ScorerName;
  /**
   * Distance between neighbouring points of ink; drawings are scaled to a root mean square radius of 24.
   */
  spacing: number;
  /**
   * Steps from soft to hard correspondences.
   */
  steps: number;
  /**
   * Stiffness of the warp in the last quarter of the steps; it is 10, 40 and 200 times that before.
   */
  stiffness: number;
  /**
   * Distance from which a point that finds no partner costs no more.
   */
  truncation: number;
  /**
   * Squared distance that lies between points of ink whose directions are at right angles.
   */
  directionWeight: number;
  /**
   * What a unit of bending adds to the distance.
   */
  bendingWeight: number;
  /**
   * What the scaling, turning and shearing of the warp adds to the distance.
   */
  affineWeight: number;
}
/**
 * Strokes of the support picture, scaled and moved until they show the query best (Lake et al. 2013, affine model). A hundredth of a second of processor time for each fit.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineAffineModel".
 */
export interface BaselineAffineModel {
  /**
   * Strokes, scaled and moved.
   */
  type: 'affineModel';
  name?: ScorerName;
  /**
   * Support pictures that are fitted to each query: all, or fewer that elastic matching finds nearest.
   */
  candidates: number;
  /**
   * Ways of drawing a picture that are fitted, the cheapest.
   */
  parses: number;
}
/**
 * Strokes of a thousand shapes of fixed size, of which only the places vary until they show the query best (Lake et al. 2013, simple strokes). A hundredth of a second of processor time for each fit.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineSimpleStrokes".
 */
export interface BaselineSimpleStrokes {
  /**
   * Strokes of a dictionary.
   */
  type: 'simpleStrokes';
  name?: ScorerName;
  /**
   * Support pictures that are fitted to each query: all, or fewer that elastic matching finds nearest.
   */
  candidates: number;
  /**
   * Ways of drawing a picture that are fitted, the cheapest.
   */
  parses: number;
}
/**
 * Bayesian program learning without type-level learning (Lake 2014, thesis, section 4.2.4): strokes of both pictures, read at 105 x 105 pixels, each fitted to the other with token noise. A score is the mean log-likelihood ratio of both directions for each pixel of ink. A third of a second of processor time for each query of five candidates.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineHbpl".
 */
export interface BaselineHbpl {
  /**
   * Strokes with token noise.
   */
  type: 'hbpl';
  name?: ScorerName;
  /**
   * Support pictures that are fitted to each query, those that elastic matching finds nearest.
   */
  candidates: number;
  /**
   * Ways of drawing a picture that are fitted, the cheapest.
   */
  parses: number;
  /**
   * What the standard deviations of token noise are multiplied with; Lake's lesion is 3.
   */
  tokenNoise: number;
  /**
   * Splines of a stroke at most; 1 is Lake's lesion of one spline per stroke.
   */
  mostSubStrokes: number;
  /**
   * Whether strokes that begin on an earlier one go along with it; without it each starts by itself.
   */
  relations: boolean;
  /**
   * Weight of log P(support | strokes of the query) for each pixel of ink; log P(query | strokes of the support) counts 1. 0 compares in one direction.
   */
  backWeight: number;
  /**
   * What a unit of elastic matching's distance takes from the score, which is in nats for each pixel of ink; 0: strokes alone.
   */
  elasticWeight: number;
}
/**
 * Guessing: all classes tie.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "baselineChance".
 */
export interface BaselineChance {
  /**
   * Guessing.
   */
  type: 'chance';
}
/**
 * Every combination of the values.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "sweepGrid".
 */
export interface SweepGrid {
  /**
   * Every combination.
   */
  method: 'grid';
  /**
   * Key paths and the values that each takes: every combination is a point. A layer is named or numbered: `model.encoder[conv1].filters`, `model.encoder[0].filters`.
   */
  parameters: {
    [k: string]: unknown[];
  };
  halving?: Halving;
}
/**
 * Asynchronous successive halving (ASHA, Li et al. 2020): every point trains to the first rung and halts there with a checkpoint; one in `reductionFactor` of those at a rung goes on from its checkpoint to the next rung, of `reductionFactor` times as many epochs, the last one to `training.maxEpochs`. When no point is left, the best of the highest rung is trained to the end if none was. When left out, every trial runs to its end. What a trial computes does not depend on it.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "halving".
 */
export interface Halving {
  /**
   * The metric that decides, any that an epoch logs: its latest value when the rung is reached, averaged over the seeds of a point. When left out: the `metric` of the search, otherwise `validation/one-shot-accuracy` where there is a validation, otherwise `train/loss`.
   */
  metric?: string;
  /**
   * Which direction of the metric is better. When left out: `maximize` for an accuracy, `minimize` for anything else.
   */
  goal?: 'maximize' | 'minimize';
  /**
   * Epochs of the first rung; less than `training.maxEpochs`. Patience (`training.earlyStopping`) may end a trial before: it counts at all rungs with its last value.
   */
  minEpochs: number;
  /**
   * One in so many goes on from a rung, to so many times its epochs (eta in the paper, where it is 3 or 4).
   */
  reductionFactor: number;
}
/**
 * The points one by one.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "sweepList".
 */
export interface SweepList {
  /**
   * The points one by one.
   */
  method: 'list';
  /**
   * The points: key paths with one value each. One point may have `model: null` and `training: null`: it learns nothing, runs once for all seeds, and may set its `baselines` and `evaluation`.
   */
  points: {
    [k: string]: unknown;
  }[];
  halving?: Halving;
}
/**
 * Independent draws (Bergstra and Bengio 2012).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "sweepRandom".
 */
export interface SweepRandom {
  /**
   * Independent draws (Bergstra and Bengio 2012).
   */
  method: 'random';
  parameters: SearchParameters;
  metric: SearchMetric;
  goal?: SearchGoal;
  maxTrials: MaxTrials;
  maxHours?: MaxHours;
  seed: SearchSeed;
  halving?: Halving;
}
/**
 * Key paths and where their values come from: a list of choices, or a map with one of `choice: [a, b]`, `uniform: [low, high]`, `logUniform: [low, high]`, `integer: [low, high]`; `step` beside `uniform` and `integer` leaves only low, low + step, …; `when: {path: value}` makes a parameter exist only where another one of the sweep has that value, or one of those in a list. Points that make no valid experiment (an encoder that does not fit) are never proposed.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "searchParameters".
 */
export interface SearchParameters {
  [k: string]: unknown;
}
/**
 * Quasi-random points of a scrambled Sobol sequence: more even than random ones.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "sweepSobol".
 */
export interface SweepSobol {
  /**
   * Quasi-random points of a scrambled Sobol sequence: more even than random ones.
   */
  method: 'sobol';
  parameters: SearchParameters;
  metric: SearchMetric;
  goal?: SearchGoal;
  maxTrials: MaxTrials;
  maxHours?: MaxHours;
  seed: SearchSeed;
  halving?: Halving;
}
/**
 * Model-based search with tree-structured Parzen estimators (Bergstra et al. 2011).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "sweepTpe".
 */
export interface SweepTpe {
  /**
   * Model-based search with tree-structured Parzen estimators (Bergstra et al. 2011).
   */
  method: 'tpe';
  parameters: SearchParameters;
  metric: SearchMetric;
  goal?: SearchGoal;
  maxTrials: MaxTrials;
  maxHours?: MaxHours;
  seed: SearchSeed;
  /**
   * Quasi-random points before the model takes over.
   */
  startupPoints: number;
  /**
   * Candidates drawn for each proposal, of which the best is taken.
   */
  candidates: number;
  /**
   * Points proposed together: the next batch waits until all of them are done, so the same proposals come again whatever ends first. When left out, a point is proposed whenever a worker is free; with several workers the proposals then depend on which trial ends first.
   */
  batchSize?: number;
  halving?: Halving;
}
/**
 * Networks of this experiment that answer together once they have finished: each query by the sum of their scores, brought to mean 0 and standard deviation 1 over a task. A system of its own beside its members, and the headline of the experiment: it is declared, and nothing is chosen. The baselines of a point of a list that has `model: null` answer with them (but for chance).
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "ensemble".
 */
export interface Ensemble {
  /**
   * Who answers together: `configurations`: the points of the sweep, one ensemble for each seed; `seeds`: the seeds of a point, one ensemble for each point; `all`: every network in one.
   */
  of: 'configurations' | 'seeds' | 'all';
}
/**
 * Where results go besides the run folder.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "tracking".
 */
export interface Tracking {
  /**
   * An MLflow tracking server.
   */
  mlflow?: {
    /**
     * Name of the MLflow experiment; the experiment's name when left out.
     */
    experiment?: string;
    /**
     * Address of the server, `http://127.0.0.1:5000`. The environment variable MLFLOW_TRACKING_URI when left out. Put no password here: MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD or MLFLOW_TRACKING_TOKEN.
     */
    trackingUri?: string;
  };
}
/**
 * What the trials may use.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "resources".
 */
export interface Resources {
  /**
   * Compute engine. `auto`: the fastest that works here. `tensorflow`, `cuda` and `webgpu` have to be installed: `oneshot engine install tensorflow`. `cpu` is TensorFlow.js's plain JavaScript: slow, for checks only.
   */
  engine: 'auto' | 'onnxruntime' | 'tensorflow' | 'cuda' | 'webgpu' | 'cpu';
  /**
   * Threads of the engine: a number, or `auto` for the cores of this machine divided by `parallel`. Fixed when a trial is first started, since results depend on it.
   */
  threads: number | string;
  /**
   * Trials at the same time.
   */
  parallel: number;
  /**
   * Time that a trial may take; then it is stopped with a checkpoint.
   */
  timeoutMinutes?: number;
  /**
   * How often a failed trial is started again.
   */
  retries: number;
  slurm: Slurm;
}
/**
 * What `oneshot run --launcher slurm` asks the cluster for: each trial is a task of a job array.
 *
 * This interface was referenced by `Experiment`'s JSON-Schema
 * via the `definition` "slurm".
 */
export interface Slurm {
  /**
   * Partition, or several with commas between them (`--partition`). The cluster's default where left out.
   */
  partition?: string;
  /**
   * Account that is charged (`--account`).
   */
  account?: string;
  /**
   * Quality of service (`--qos`).
   */
  qos?: string;
  /**
   * Time limit of each job (`--time`), the partition's own where left out. A trial that needs longer writes a checkpoint before the limit, requeues itself and goes on.
   */
  time?: number | string;
  /**
   * Memory of each trial (`--mem`), the cluster's default where left out. `oneshot plan` estimates what a trial needs.
   */
  memory?: string;
  /**
   * Cores of each trial (`--cpus-per-task`). Where left out: `resources.threads`, or 1 where that is `auto`. With `auto`, the engine gets as many threads as there are cores here.
   */
  cpus?: number;
  /**
   * GPUs of each trial (`--gres`).
   */
  gpus: number;
  /**
   * Kind of GPU, as the cluster calls it: `a100`.
   */
  gpuType?: string;
  /**
   * Trials at the same time, of all jobs of this sweep; a search proposes for as many (`resources.parallel` where left out). No limit of its own for a listed sweep where left out.
   */
  maxRunning?: number;
  /**
   * Tasks of one job array at most. The cluster's `MaxArraySize` is respected in any case; sites that limit the jobs of a user may need less.
   */
  arraySize?: number;
  /**
   * How long before its time limit a job is told to write a checkpoint and requeue itself (`--signal`). Slurm looks twice a minute, so it may be told half a minute earlier.
   */
  signalSeconds: number;
  /**
   * How often a task may be started again, by itself or by the cluster, before its trial counts as failed.
   */
  maxRequeues: number;
  /**
   * How often the queue is asked how jobs stand, by `--wait` and by the controller of a search.
   */
  pollSeconds: number;
  /**
   * Further options of sbatch for each trial: `--constraint=ib`, `--exclude=node7`, `--mail-type=END`.
   */
  options: string[];
  /**
   * Shell commands before each trial, on the machine that runs it: `module load gcc`. The trial does not start where one fails.
   */
  setup: string[];
  /**
   * Memory of the controller job of a search.
   */
  controllerMemory: string;
}
