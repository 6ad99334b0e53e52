export const defineTool = (tool) => tool;
