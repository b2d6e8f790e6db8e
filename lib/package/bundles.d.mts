import type { BuildOptions } from 'esbuild';

export const BUNDLES: Record<'quickjs' | 'native' | 'node', BuildOptions>;
