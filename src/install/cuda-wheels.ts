// The Python wheels that ONNX Runtime's CUDA provider and NVIDIA's libraries come in, as PyPI has them. Only libraries are
// used. Which ones: `readelf -d` of the provider and of cuDNN; cuFFT, which no recorded graph uses, is left out.
import type { Wheel } from './fetch-wheel.js';

/** A wheel and what of it is used. */
export interface LibraryWheel {
  readonly wheel: Wheel;
  /** Names of the libraries. */
  readonly libraries: readonly string[];
  /** Bytes of the libraries. */
  readonly diskBytes: number;
  /** A library of the machine that makes those of the same names unfit. */
  readonly unfitBeside?: string;
}

/** ONNX Runtime with its CUDA provider, for CUDA 13 and cuDNN 9: the version of the embedded engine. */
export const ONNXRUNTIME_CUDA: LibraryWheel = {
  wheel: {
    requirement: 'onnxruntime-gpu==1.30.0',
    file: 'onnxruntime_gpu-1.30.0-cp311-cp311-manylinux_2_28_x86_64.whl',
    path: 'ea/71/b225bd559a718f6cefb058d4f4c4c95e556543f47d4be0e81819681ac347',
    bytes: 246_658_419,
    sha256: '4fbf0c5d7b5fb99266c2e8a802e3e64af68bdc383e0f3c7349b985f1087eedaa',
  },
  libraries: ['libonnxruntime.so.1.30.0', 'libonnxruntime_providers_cuda.so', 'libonnxruntime_providers_shared.so'],
  diskBytes: 301_127_512,
};

/** CUDA 13 and cuDNN 9, each wheel left out where the machine has all its libraries. */
export const CUDA_LIBRARIES: readonly LibraryWheel[] = [
  {
    wheel: {
      requirement: 'nvidia-cuda-runtime==13.0.96',
      file: 'nvidia_cuda_runtime-13.0.96-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      path: '2e/24/d1558f3b68b1d26e706813b1d10aa1d785e4698c425af8db8edc3dced472',
      bytes: 2_243_632,
      sha256: '7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548',
    },
    libraries: ['libcudart.so.13'],
    diskBytes: 704_288,
  },
  {
    wheel: {
      requirement: 'nvidia-cublas==13.1.0.3',
      file: 'nvidia_cublas-13.1.0.3-py3-none-manylinux_2_27_x86_64.whl',
      path: 'e7/44/423ac00af4dd95a5aeb27207e2c0d9b7118702149bf4704c3ddb55bb7429',
      bytes: 423_133_236,
      sha256: 'ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171',
    },
    libraries: ['libcublas.so.13', 'libcublasLt.so.13'],
    diskBytes: 595_773_576,
  },
  {
    wheel: {
      requirement: 'nvidia-curand==10.4.0.35',
      file: 'nvidia_curand-10.4.0.35-py3-none-manylinux_2_27_x86_64.whl',
      path: 'a5/9f/be0a41ca4a4917abf5cb9ae0daff1a6060cc5de950aec0396de9f3b52bc5',
      bytes: 59_544_258,
      sha256: '1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc',
    },
    libraries: ['libcurand.so.10'],
    diskBytes: 132_698_328,
  },
  // cuDNN compiles some of its kernels at run time.
  {
    wheel: {
      requirement: 'nvidia-cuda-nvrtc==13.0.88',
      file: 'nvidia_cuda_nvrtc-13.0.88-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl',
      path: 'c3/68/483a78f5e8f31b08fb1bb671559968c0ca3a065ac7acabfc7cee55214fd6',
      bytes: 90_215_200,
      sha256: 'ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575',
    },
    libraries: ['libnvrtc.so.13', 'libnvrtc-builtins.so.13.0'],
    diskBytes: 113_718_680,
  },
  {
    wheel: {
      requirement: 'nvidia-cudnn-cu13==9.20.0.48',
      file: 'nvidia_cudnn_cu13-9.20.0.48-py3-none-manylinux_2_27_x86_64.whl',
      path: '6e/5e/edb9c0ae051602c3ccaffe424256463636d639e27d7f302dde9975ef9e7a',
      bytes: 366_173_588,
      sha256: '0c45dd8eeb50b603f07995b1b300c62ffe6a1980482b82b3bcf94a4ca9d49304',
    },
    libraries: [
      'libcudnn.so.9',
      'libcudnn_adv.so.9',
      'libcudnn_cnn.so.9',
      'libcudnn_engines_precompiled.so.9',
      'libcudnn_engines_runtime_compiled.so.9',
      'libcudnn_graph.so.9',
      'libcudnn_heuristic.so.9',
      'libcudnn_ops.so.9',
    ],
    diskBytes: 493_358_816,
    // cuDNN 9 for CUDA 12 has the same names.
    unfitBeside: 'libcublas.so.12',
  },
];
