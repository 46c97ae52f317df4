// The Python wheels that TensorFlow's library and NVIDIA's libraries come in, as PyPI has them. Only their libraries and
// headers are used.
import type { Wheel } from './fetch-wheel.js';

/** The library for processors: the smallest wheel of those that were tried (2.12.1, 2.15.1, 2.19.1, 2.21.0). */
export const TENSORFLOW_CPU: Wheel = {
  requirement: 'tensorflow-cpu==2.15.1',
  file: 'tensorflow_cpu-2.15.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  path: '5b/00/af89cb211fc96ffdebb52a687dad7f83b0b1d82bc057f65309fa03a89911',
  bytes: 207_208_420,
  sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
};

/** The library for NVIDIA GPUs: the first with code for Hopper. */
export const TENSORFLOW_GPU: Wheel = {
  requirement: 'tensorflow==2.20.0',
  file: 'tensorflow-2.20.0-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
  path: 'ff/0c/7df285ee8a88139fab0b237003634d90690759fae9c18f55ddb7c04656ec',
  bytes: 620_570_129,
  sha256: '481499fd0f824583de8945be61d5e827898cdaa4f5ea1bc2cc28ca2ccff8229e',
};

/**
 * CUDA 12 and cuDNN 9 as `tensorflow[and-cuda]==2.20.0` asks for them, each in the lowest version that it allows, without
 * the compiler.
 */
export const TENSORFLOW_CUDA_LIBRARIES: readonly Wheel[] = [
  {
    requirement: 'nvidia-cublas-cu12==12.5.3.2',
    file: 'nvidia_cublas_cu12-12.5.3.2-py3-none-manylinux2014_x86_64.whl',
    path: 'f9/43/a5365b345c989d9f7de2f2406e59b4a792ba3541b5d47edda5031b2730a6',
    bytes: 363_313_169,
    sha256: 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
  },
  {
    requirement: 'nvidia-cuda-cupti-cu12==12.5.82',
    file: 'nvidia_cuda_cupti_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    path: '3a/64/81515a1b5872dc0fc817deaec2bdba160dc50188e0d53b907d10c6e6d568',
    bytes: 13_811_507,
    sha256: 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
  },
  {
    requirement: 'nvidia-cuda-nvrtc-cu12==12.5.82',
    file: 'nvidia_cuda_nvrtc_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    path: '19/d1/342c2bcf6172db65fcbd9102f9941876e730d98977e69c00df85940fa8ce',
    bytes: 24_873_108,
    sha256: '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
  },
  {
    requirement: 'nvidia-cuda-runtime-cu12==12.5.82',
    file: 'nvidia_cuda_runtime_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    path: '71/05/80f3fe49e9905570bc27aea9493baa1891c3780a7fc4e1f872c7902df066',
    bytes: 895_707,
    sha256: '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
  },
  {
    requirement: 'nvidia-cudnn-cu12==9.3.0.75',
    file: 'nvidia_cudnn_cu12-9.3.0.75-py3-none-manylinux2014_x86_64.whl',
    path: '8e/56/bb5c08a8d401fc1b21a10e9c58907e70e8f18bdfca34b7ecfb87bbcdad63',
    bytes: 577_163_502,
    sha256: '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
  },
  {
    requirement: 'nvidia-cufft-cu12==11.2.3.61',
    file: 'nvidia_cufft_cu12-11.2.3.61-py3-none-manylinux2014_x86_64.whl',
    path: 'e4/85/f18c88f63489cdced17b06d3b627adca8add7d7b8cce8c11213e93a902b4',
    bytes: 192_524_114,
    sha256: '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
  },
  {
    requirement: 'nvidia-curand-cu12==10.3.6.82',
    file: 'nvidia_curand_cu12-10.3.6.82-py3-none-manylinux2014_x86_64.whl',
    path: 'f8/ce/cc6daf7820804ee7f11a0352a1f0fd59cec5f12e904f5bbaee6d928ffdaf',
    bytes: 56_309_107,
    sha256: '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
  },
  {
    requirement: 'nvidia-cusolver-cu12==11.6.3.83',
    file: 'nvidia_cusolver_cu12-11.6.3.83-py3-none-manylinux2014_x86_64.whl',
    path: '33/73/57fbf55b3f378a73faecde397a0927ea205b458f06573dfb191b7d9fd1d3',
    bytes: 130_341_232,
    sha256: '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
  },
  {
    requirement: 'nvidia-cusparse-cu12==12.5.1.3',
    file: 'nvidia_cusparse_cu12-12.5.1.3-py3-none-manylinux2014_x86_64.whl',
    path: 'b3/29/03726191334fa523d9654e3dacca5cc152f24bb9fa1a5721e4dddac7a8c5',
    bytes: 217_558_979,
    sha256: '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
  },
  {
    requirement: 'nvidia-nccl-cu12==2.25.1',
    file: 'nvidia_nccl_cu12-2.25.1-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
    path: '11/0c/8c78b7603f4e685624a3ea944940f1e75f36d71bd6504330511f4a0e1557',
    bytes: 201_352_353,
    sha256: '362aed5963fb9ea2ed2f264409baae30143498fd0e5c503aeaa1badd88cdc54a',
  },
  {
    requirement: 'nvidia-nvjitlink-cu12==12.5.82',
    file: 'nvidia_nvjitlink_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
    path: '75/bc/e0d0dbb85246a086ab14839979039647bce501d8c661a159b8b019d987b7',
    bytes: 21_298_879,
    sha256: 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
  },
];
