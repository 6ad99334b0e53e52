export {
  definePlugin,
  type Plugin,
  type PluginAnswer,
  type PluginDefinition,
  type PluginTurn,
  type PluginVerdict,
} from './plugin.ts';
export { type PythonPlugin, pythonPlugin } from './python.ts';
export { type FindPlugin, withPlugins } from './runtime.ts';
