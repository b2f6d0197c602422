from cryptoflow.plugins.registry import sizer

SIZE = undefined_name
